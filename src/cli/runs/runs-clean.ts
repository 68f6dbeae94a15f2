import { countText } from '../../domain/count-text.ts';
import { durationText } from '../../domain/duration-text.ts';
import type { Journals } from '../../services/journal/journals.ts';
import type { ListedRun } from '../../services/journal/list-runs.ts';
import type { CliHost } from '../cli-host.ts';
import { paintFor, reportRemovals, titledBlock } from '../report.ts';
import type { OpenRuns } from './open-runs.ts';

export interface CleanOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
}

/**
 * `maitred runs clean`: lists the runs that have ended, and with `--yes` removes them.
 * @throws AppError `unavailable`, naming the folder
 */
export async function cleanRuns(
  host: CliHost,
  { journals, runsDir }: OpenRuns,
  { yes: isDone = false, json: asJson = false }: CleanOptions,
): Promise<void> {
  const ended = await endedRuns(journals);
  if (isDone) await journals.removeExpired({ maxRuns: 0, maxAgeMs: 0 }, cleaner);
  const left = new Set(isDone ? (await endedRuns(journals)).map(({ runId }) => runId) : []);
  const runs = ended.filter(({ runId }) => !left.has(runId));
  const summary = `${countText(runs.length, 'run')} ${isDone ? 'removed' : 'would be removed'}`;
  reportRemovals(host, asJson, {
    thing: 'folder',
    isDone,
    count: runs.length,
    json: { runs_dir: runsDir, [isDone ? 'removed' : 'would_remove']: runs.map(itemJson) },
    blocks: [titledBlock(paintFor(host), `runs in ${runsDir}`, summary, runs.map(itemText))],
    failures: [],
  });
}

/** Owns a run while it is removed. */
const cleaner = 'runs-clean';

type EndedRun = ListedRun & { readonly last: { readonly k: 'run_ended' } };

const endedRuns = async (journals: Pick<Journals, 'list'>): Promise<readonly EndedRun[]> =>
  (await journals.list()).filter((run): run is EndedRun => 'last' in run && run.last.k === 'run_ended');

const itemText = ({ runId, started, last }: EndedRun): string =>
  `${runId}: ${started.recipe}, ${last.state} ${durationText(Math.max(0, Date.now() - Date.parse(last.at)))} ago`;

const itemJson = ({ runId, started, last }: EndedRun) => ({
  run_id: runId,
  recipe: started.recipe,
  state: last.state,
  ended_at: last.at,
});
