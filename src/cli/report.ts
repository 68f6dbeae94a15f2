import { AppError } from '../domain/app-error.ts';
import { bytesText } from '../domain/bytes-text.ts';
import { countText } from '../domain/count-text.ts';
import { encodeJson } from '../domain/encode-json.ts';
import { printable } from '../domain/printable-text.ts';
import type { CliHost, TextOutput } from './cli-host.ts';

/** The data of a report, for programs. Foreign text in it cannot control a terminal. */
export const jsonText = (data: object): string =>
  encodeJson(data, 2)
    .split('\n')
    .map((line) => `${printable(line)}\n`)
    .join('');

/** A time for programs. A time out of range stays a number. */
export function isoTime(atMs: number): string | number {
  const date = new Date(atMs);
  return Number.isNaN(date.getTime()) ? atMs : date.toISOString();
}

/** A line for people on stderr, beside the data on stdout. */
export const writeRemark = ({ stderr }: Pick<CliHost, 'stderr'>, text: string): unknown =>
  stderr.write(`maitred: ${printable(text)}\n`);

export type Paint = (style: 'strong' | 'good' | 'bad' | 'warning' | 'faint', text: string) => string;

const codes = { strong: '1', faint: '2', good: '32', warning: '33', bad: '31' } as const;

/** Colours for an output, or none. */
export function paintFor(host: CliHost, output: TextOutput = host.stdout): Paint {
  if (!hasColours(output, host.env)) return (_style, text) => text;
  return (style, text) => `\u001b[${codes[style]}m${text}\u001b[0m`;
}

/** Only a terminal has colours, unless NO_COLOR is set (https://no-color.org). */
export function hasColours(output: TextOutput, env: CliHost['env']): boolean {
  return output.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
}

export const sumOf = (sizes: readonly (number | null)[]): number =>
  sizes.reduce<number>((sum, sizeBytes) => sum + (sizeBytes ?? 0), 0);

/** A line with a label, under a title. */
export const row = (label: string, text: string): string => `  ${label.padEnd(10)} ${printable(text)}`;

/** Items under a title; empty without items. */
export function titledBlock(paint: Paint, title: string, summary: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  return [`${paint('strong', printable(title))}: ${summary}`, ...items.map((item) => `  ${printable(item)}`), ''].join(
    '\n',
  );
}

/** What a command has removed, or would remove. */
export interface Removals {
  readonly thing: 'file' | 'folder' | 'item';
  /** Whether the things have been removed. */
  readonly isDone: boolean;
  readonly count: number;
  readonly json: object;
  /** From `titledBlock`. */
  readonly blocks: readonly string[];
  /** What could not be removed and why, one line each. */
  readonly failures: readonly string[];
}

/** The summary of a `titledBlock` of things that are removed. */
export const removalText = (sizes: readonly (number | null)[], { thing, isDone }: Pick<Removals, 'thing' | 'isDone'>) =>
  `${countText(sizes.length, thing)}, ${bytesText(sumOf(sizes))} ${isDone ? 'removed' : 'would be removed'}`;

/** @throws AppError `unavailable` if something could not be removed */
export function reportRemovals(host: CliHost, asJson: boolean, removals: Removals): void {
  const { thing, isDone, count, json, blocks, failures } = removals;
  const nothing = count === 0 && failures.length === 0 ? ['Nothing to remove.\n'] : [];
  const text = [...nothing, ...blocks.filter((block) => block !== '')].join('\n');
  host.stdout.write(asJson ? jsonText(json) : text);
  for (const failure of failures) writeRemark(host, failure);
  if (!isDone && count > 0) writeRemark(host, 'nothing has been removed; add --yes to remove it');
  if (failures.length === 0) return;
  const what = `${countText(failures.length, thing)} could not be removed`;
  throw new AppError('unavailable', `${what}: fix what is named above, and run the command again`);
}
