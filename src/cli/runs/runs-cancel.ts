import { AppError, appErrorOf } from '../../domain/app-error.ts';
import type { Journals } from '../../services/journal/journals.ts';
import { readUserName } from '../../services/platform/user-name.ts';
import type { CliHost } from '../cli-host.ts';
import { jsonText, writeRemark } from '../report.ts';
import { findReadableRun } from './find-run.ts';

/**
 * `maitred runs cancel`: asks the owner of the run to end it in order, or ends a run that nobody works on.
 * @throws AppError `conflict` for a run that has ended; as `findReadableRun` and `CliHost.runRecipe` do
 */
export async function cancelRun(
  host: CliHost,
  journals: Pick<Journals, 'list' | 'requestCancel'>,
  given: string,
  asJson: boolean,
): Promise<void> {
  const { runId, owner, last, started } = await findReadableRun(journals, given);
  if (last.k === 'run_ended')
    throw new AppError('conflict', `the run ${runId} has ended already (${last.state}): there is nothing to cancel`);
  const write = (state: string) =>
    host.stdout.write(asJson ? jsonText({ run_id: runId, owner, state }) : `${runId}: ${state}\n`);
  if (owner !== null) {
    await journals.requestCancel(runId, readUserName());
    write('cancelling');
    writeRemark(host, `the server ${owner} ends it in order; maitred runs logs ${runId} --follow shows when`);
    return;
  }
  const exit = await host.runRecipe(
    { kind: 'cancel', runId, project: started.cwd },
    { onStarted: () => undefined, mayStop: () => true, leavesAtGate: false },
  );
  if ('fault' in exit) throw appErrorOf(exit.fault);
  write(exit.state);
}
