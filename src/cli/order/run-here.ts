import { appErrorOf, errorKinds } from '../../domain/app-error.ts';
import { type RunReport, reportOf } from '../../domain/recipe-run/run-report.ts';
import type { Journals } from '../../services/journal/journals.ts';
import type { CliHost, RunExit, RunRequest } from '../cli-host.ts';
import { BadResult, foundFaultsExitCode } from '../found-faults.ts';
import { jsonText, paintFor, row } from '../report.ts';
import { reportJson } from '../runs/run-json.ts';
import { outputRows, spentText, titleText } from '../runs/run-text.ts';
import { followRun } from './follow-run.ts';

/** How `order` and `runs resume` end, for their help. */
export const runExitCodeHelp = `
Exit codes: 0 if the run succeeded, stopped, or waits for a person; 1 if it failed or used up a budget;
130 if it was cancelled or interrupted; that of the error (maitred --help) if it could not run.`;

/**
 * Works on a run until it ends, shows it on stderr, and reports its end on stdout.
 * @throws AppError as `CliHost.runRecipe` does, and where the process failed; BadResult if the run did not succeed
 */
export async function runHere(
  host: CliHost,
  journals: Pick<Journals, 'read'>,
  request: RunRequest,
  asJson: boolean,
): Promise<void> {
  const { watcher, close } = followRun(host);
  const exit = await host.runRecipe(request, watcher).finally(close);
  await reportEnd(host, journals, exit, asJson);
}

async function reportEnd(
  host: CliHost,
  journals: Pick<Journals, 'read'>,
  exit: RunExit,
  asJson: boolean,
): Promise<void> {
  if ('fault' in exit) throw appErrorOf(exit.fault);
  const { state: folded, records } = await journals.read(exit.runId);
  // This process owned it.
  const report = reportOf(records.at(-1) ?? folded.started, folded, null);
  host.stdout.write(asJson ? jsonText(reportJson(report)) : endText(host, report, exit.reason));
  const code = exitCodes[exit.state];
  if (code !== 0) throw new BadResult(code);
}

function endText(host: CliHost, report: RunReport, reason: string): string {
  const hasNext = report.state === 'waiting' || report.state === 'interrupted' || report.state === 'budget_exhausted';
  const rows = [
    titleText(report, paintFor(host)),
    row('reason', report.reason ?? reason),
    row('used', spentText(report.spent)),
    ...outputRows(report),
    ...(hasNext ? [row('next', report.next)] : []),
  ];
  return rows.map((line) => `${line}\n`).join('');
}

const exitCodes: Readonly<Record<Extract<RunExit, { readonly state: string }>['state'], number>> = {
  succeeded: 0,
  stopped: 0,
  waiting: 0,
  failed: foundFaultsExitCode,
  budget_exhausted: foundFaultsExitCode,
  cancelled: errorKinds.cancelled.exitCode,
  interrupted: errorKinds.cancelled.exitCode,
};
