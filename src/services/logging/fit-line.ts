import type { LogFields } from '../../domain/log-record.ts';

const maxLineBytes = 8_192;
const stringLimits = [2_000, 500] as const;
const maxLeftOut = 10;

/** Renders a line of at most 8 KiB: cuts the longest fields until it fits, and says in the field what was cut. */
export function fitLine(fields: LogFields, render: (fields: LogFields) => string): string {
  let line = render(fields);
  for (const shorter of shorterAndShorter(fields)) {
    if (Buffer.byteLength(line) <= maxLineBytes) break;
    line = render(shorter);
  }
  return line;
}

function* shorterAndShorter(fields: LogFields): Generator<LogFields> {
  let shorter = fields;
  for (const limit of stringLimits) {
    shorter = cutStrings(shorter, limit) as LogFields;
    yield shorter;
  }
  const lengths = Object.entries(shorter).map(([key, value]) => ({ key, length: JSON.stringify(value)?.length ?? 0 }));
  for (const { key, length } of lengths.sort((a, b) => b.length - a.length).slice(0, maxLeftOut)) {
    shorter = { ...shorter, [key]: `[left out, ${length} characters]` };
    yield shorter;
  }
  yield { left_out: `${lengths.length} fields that are too long for a line` };
}

function cutStrings(value: unknown, limit: number): unknown {
  if (typeof value === 'string') return cutString(value, limit);
  if (Array.isArray(value)) return value.map((item) => cutStrings(item, limit));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cutStrings(inner, limit)]));
}

/** A text that was cut before is not cut again within the words that say so. */
function cutString(text: string, limit: number): string {
  const [, length] = /… \[cut, (\d+) characters\]$/.exec(text) ?? [];
  return text.length <= limit ? text : `${text.slice(0, limit)}… [cut, ${length ?? text.length} characters]`;
}
