import { countText } from '../../domain/count-text.ts';
import { durationText } from '../../domain/duration-text.ts';
import { printable } from '../../domain/printable-text.ts';
import { type Expiry, type RetentionKind, type RetentionRule, retentionRules } from '../../domain/retention.ts';
import { bytesText } from '../bytes-text.ts';
import type { Paint } from '../paint.ts';
import { type CleanReport, totalBytesOf } from './clean-report.ts';

const titles: Readonly<Record<RetentionKind, string>> = {
  dead_server: 'records of dead servers',
  crash_file: 'crash files',
  early_settings: 'door records',
  compiled_code: 'compiled code',
  rotated_log: 'rotated logs',
  command_output: 'command output',
  unfinished_file: 'unfinished files',
  tmpfs_leftover: 'cleanup in memory',
};

/** The report for people, by kind. Every line is free of control characters but for our own colours. */
export function cleanText({ items, failed, isDone }: CleanReport, paint: Paint): string {
  if (items.length === 0 && failed.length === 0) return 'Nothing to remove.\n';
  return retentionRules
    .map((rule) => kindLines(rule, { items: items.filter(({ kind }) => kind === rule.kind), isDone, paint }))
    .filter((lines) => lines.length > 1)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function kindLines(
  rule: RetentionRule,
  { items, isDone, paint }: { items: readonly Expiry[]; isDone: boolean; paint: Paint },
): string[] {
  const amount = `${countText(items.length, 'file')}, ${bytesText(totalBytesOf(items))}`;
  return [
    `${paint('strong', titles[rule.kind])}: ${amount} ${isDone ? 'removed' : 'would go'}`,
    ...items.map((item) => `  ${printable(item.file.path)}: ${reasonText(rule, item)}`),
  ];
}

function reasonText({ maxAgeMs, maxFiles, maxTotalBytes }: RetentionRule, { reason, ageMs }: Expiry): string {
  const age = `${durationText(ageMs)} old`;
  switch (reason) {
    case 'too_old':
      return `${age}, kept for ${limitText(maxAgeMs)}`;
    case 'too_many':
      return `${age}, the newest ${maxFiles} are kept`;
    case 'too_large':
      return `${age}, the newest ${bytesText(maxTotalBytes ?? 0)} are kept`;
  }
}

function limitText(limitMs: number): string {
  const hours = limitMs / 3_600_000;
  return hours < 24 ? countText(hours, 'hour') : countText(hours / 24, 'day');
}
