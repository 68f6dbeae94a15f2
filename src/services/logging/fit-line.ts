import { encodeJson } from '../../domain/encode-json.ts';
import type { LogFields } from '../../domain/log-record.ts';

const maxLineBytes = 8_192;
const stringLimits = [2_000, 500] as const;
const maxLeftOut = 10;

/** Renders a line of at most 8 KiB: truncates the longest fields until it fits, and marks them with their length. */
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
    shorter = truncateStrings(shorter, limit) as LogFields;
    yield shorter;
  }
  const lengths = Object.entries(shorter).map(([key, value]) => ({ key, length: encodeJson(value)?.length ?? 0 }));
  for (const { key, length } of lengths.sort((a, b) => b.length - a.length).slice(0, maxLeftOut)) {
    shorter = { ...shorter, [key]: `[left out, ${length} characters]` };
    yield shorter;
  }
  yield { left_out: `${lengths.length} fields that are too long for a line` };
}

function truncateStrings(value: unknown, limit: number): unknown {
  if (typeof value === 'string') return truncateString(value, limit);
  if (Array.isArray(value)) return value.map((item) => truncateStrings(item, limit));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, truncateStrings(inner, limit)]));
}

/** A text that is truncated again keeps the length of the original in its mark. */
function truncateString(text: string, limit: number): string {
  const [, length] = /… \[truncated, (\d+) characters\]$/.exec(text) ?? [];
  return text.length <= limit ? text : `${text.slice(0, limit)}… [truncated, ${length ?? text.length} characters]`;
}
