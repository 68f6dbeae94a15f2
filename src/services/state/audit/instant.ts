import { timestampSchema } from '../../../domain/failure-record.schema.ts';

/** Milliseconds since the epoch, with a fraction where the timestamp is finer than that; undefined if it is not a timestamp. */
export function readInstant(value: unknown): number | undefined {
  const timestamp = timestampSchema.safeParse(value);
  return timestamp.success ? instantOf(timestamp.data) : undefined;
}

/** The same for a text that is a timestamp. */
export function instantOf(timestamp: string): number {
  return Date.parse(timestamp) + belowMs(timestamp);
}

const dot = '2026-01-01T00:00:00'.length;

/** `Date.parse` truncates to milliseconds, but a record half a millisecond after the fence is after the fence. */
function belowMs(timestamp: string): number {
  if (timestamp[dot] !== '.') return 0;
  let fraction = 0;
  let unit = 0.1;
  for (let at = dot + 4; at < timestamp.length; at += 1, unit /= 10) {
    const digit = timestamp.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) break;
    fraction += digit * unit;
  }
  return fraction;
}
