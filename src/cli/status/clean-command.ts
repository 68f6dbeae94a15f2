import { AppError } from '../../domain/app-error.ts';
import { countText } from '../../domain/count-text.ts';
import { printable } from '../../domain/printable-text.ts';
import type { Retention } from '../../services/state/retention/retention.ts';
import type { CliHost } from '../cli-host.ts';
import type { Paint } from '../paint.ts';
import { cleanJson } from './clean-json.ts';
import { type CleanReport, reportClean } from './clean-report.ts';
import { cleanText } from './clean-text.ts';

export interface CleanRequest {
  readonly stateDir: string;
  readonly retention: Retention;
  /** Whether it is removed, too. */
  readonly isConfirmed: boolean;
  readonly asJson: boolean;
  readonly paint: Paint;
}

/**
 * `maitred status --clean`: says what lies too long or is too much, and with `--yes` removes it.
 * @throws AppError `unavailable` when something could not be removed; the rest is gone all the same
 */
export function runClean({ stdout, stderr }: CliHost, request: CleanRequest): void {
  const report = reportClean(request.stateDir, request.retention, request.isConfirmed);
  stdout.write(request.asJson ? `${JSON.stringify(cleanJson(report), null, 2)}\n` : cleanText(report, request.paint));
  for (const remark of remarksOn(report)) stderr.write(`maitred: ${printable(remark)}\n`);
  if (report.failed.length === 0) return;
  const what = `${countText(report.failed.length, 'file')} could not be removed`;
  throw new AppError('unavailable', `${what}: let this user write to the folder, and run the command again`);
}

function remarksOn({ isDone, items, failed, unreadable }: CleanReport): string[] {
  return [
    ...unreadable.map(({ path, cause }) => `${path} was not looked into (${cause}); what lies there stays`),
    ...failed.map(({ path, errno }) => `${path} could not be removed (${errno})`),
    ...(isDone || items.length === 0 ? [] : ['nothing has been removed; --yes removes it']),
  ];
}
