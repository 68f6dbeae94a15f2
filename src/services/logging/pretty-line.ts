import { clockText } from '../../domain/clock-text.ts';
import type { LogLevel } from '../../domain/early-settings.ts';
import type { LogRecord } from '../../domain/log-record.ts';
import { printable } from '../../domain/printable-text.ts';
import { fitLine } from './fit-line.ts';

const maxEventLength = 200;

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
  return printable(isBare ? value : (JSON.stringify(value) ?? ''));
}
