import { withoutByteOrderMark } from './byte-order-mark.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Parses a text as a JSON object, after a byte order mark if there is one; null if it is anything else. */
export function parseJsonObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(withoutByteOrderMark(text));
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}
