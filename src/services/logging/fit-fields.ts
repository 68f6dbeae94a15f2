import type { LogFields } from '../../domain/log-record.ts';

const stringLimits = [2_000, 500] as const;

/** Cuts the longest fields until the line fits, and says in the field what was cut. */
export function fitFields(fields: LogFields, fits: (fields: LogFields) => boolean): LogFields {
  if (fits(fields)) return fields;
  for (const limit of stringLimits) {
    const shorter = cutStrings(fields, limit) as LogFields;
    if (fits(shorter)) return shorter;
  }
  return leaveOutLargest(fields, fits);
}

function cutStrings(value: unknown, limit: number): unknown {
  if (typeof value === 'string') return cutString(value, limit);
  if (Array.isArray(value)) return value.map((item) => cutStrings(item, limit));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cutStrings(inner, limit)]));
}

function cutString(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}… [cut, ${text.length} characters]`;
}

function leaveOutLargest(fields: LogFields, fits: (fields: LogFields) => boolean): LogFields {
  const cut: Record<string, unknown> = cutStrings(fields, 500) as Record<string, unknown>;
  const bySize = Object.entries(cut)
    .map(([key, value]) => ({ key, length: JSON.stringify(value)?.length ?? 0 }))
    .sort((a, b) => b.length - a.length);
  for (const { key, length } of bySize.slice(0, 50)) {
    cut[key] = `[left out, ${length} characters]`;
    if (fits(cut)) return cut;
  }
  return { left_out: `${bySize.length} fields that are too long for a line` };
}
