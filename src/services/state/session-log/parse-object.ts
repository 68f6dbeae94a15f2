import type { Line } from './read-lines.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** The JSON object that a line is; null where it is something else. */
export function parseObject(line: Line): JsonObject | null {
  if (line === null) return null;
  try {
    const value: unknown = JSON.parse(line.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
  } catch {
    return null;
  }
}
