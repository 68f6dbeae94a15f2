import { clockText } from '../../domain/clock-text.ts';
import type { LogLevel } from '../../domain/early-settings.ts';
import { encodeJson } from '../../domain/encode-json.ts';
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
  const json = encodeJson({ time, level: record.level, event, ...Object.fromEntries(entries) });
  // JSON leaves some characters unescaped that can control a terminal. All are inside strings, where an escape means the same.
  return `${printable(json)}\n`;
}

const colourOf: Readonly<Record<LogLevel, string>> = { DEBUG: '90', INFO: '36', WARNING: '33', ERROR: '31' };

/** A redacted record as one line for people: `HH:MM:SS.mmm LEVEL event  key=value …`, in local time. */
export function prettyLine(record: LogRecord, { colour }: { readonly colour: boolean }): string {
  const paint = (code: string, text: string): string => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const head = [
    paint('90', clockText(record.atMs)),
    paint(colourOf[record.level], record.level.padEnd(7)),
    printable(record.event.slice(0, maxEventLength)),
  ].join(' ');
  return fitLine(record.fields, (fields) => {
    const pairs = Object.entries(fields).filter(([, value]) => value !== undefined);
    const shown = pairs.map(([key, value]) => `${paint('90', `${printable(key)}=`)}${shownValue(value)}`);
    return `${[head, shown.join(' ')].filter((part) => part !== '').join('  ')}\n`;
  });
}

function shownValue(value: unknown): string {
  const isBare = typeof value === 'string' && /^[^\s"'=]+$/.test(value);
  return printable(isBare ? value : (encodeJson(value) ?? ''));
}
