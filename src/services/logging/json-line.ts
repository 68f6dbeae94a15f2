import type { LogFields, LogRecord } from '../../domain/log-record.ts';
import { printable } from '../../domain/printable-text.ts';
import { fitLine } from './fit-line.ts';

const maxEventLength = 200;
const ownKeys: ReadonlySet<string> = new Set(['time', 'level', 'event']);

/** A redacted record as one line of JSON, its newline included, at most 8 KiB long. */
export function jsonLine(record: LogRecord): string {
  return fitLine(record.fields, (fields) => lineOf(record, fields));
}

function lineOf(record: LogRecord, fields: LogFields): string {
  const entries = Object.entries(fields).map(([key, value]) => [ownKeys.has(key) ? `${key}_` : key, value] as const);
  const time = new Date(record.atMs).toISOString();
  const event = record.event.slice(0, maxEventLength);
  const json = JSON.stringify({ time, level: record.level, event, ...Object.fromEntries(entries) });
  // JSON leaves some characters unescaped that can control a terminal. All are inside strings, where an escape means the same.
  return `${printable(json)}\n`;
}
