import { lstatSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { isAppError } from '../../domain/app-error.ts';
import { runNamePattern } from '../../domain/recipe-run/journal-record.ts';
import { findExpiredRuns, type RunBounds } from '../../domain/retention.ts';
import { namesIn, unlessMissing } from '../platform/unless-missing.ts';
import type { ListedRun, UnreadableRun } from './list-runs.ts';
import type { OpenedRun } from './owned-run.ts';

export interface RemoveExpiredOptions {
  readonly runsDir: string;
  readonly bounds: RunBounds;
  readonly nowMs: number;
  claim(runId: string): Promise<OpenedRun>;
}

/** Making or removing a run takes seconds: whoever left it unfinished for so long was killed. */
const unfinishedStaleAfterMs = 3_600_000;
const hiddenPrefix = '.removed-';

/** As `Journals.removeExpired`. */
export async function removeExpiredRuns(
  runs: readonly (ListedRun | UnreadableRun)[],
  options: RemoveExpiredOptions,
): Promise<number> {
  const { runsDir, bounds, nowMs } = options;
  const listed = runs.map((run) => ({ runId: run.runId, endedAtMs: endOf(run) }));
  let removed = 0;
  for (const { runId } of findExpiredRuns(listed, bounds, nowMs)) if (await removeIfEnded(runId, options)) removed += 1;
  const known = new Set(listed.map(({ runId }) => runId));
  for (const name of namesIn(runsDir).filter((name) => !known.has(name))) {
    const stats = lstatSync(`${runsDir}/${name}`, { throwIfNoEntry: false });
    const isOurs = runNamePattern.test(name) || name.startsWith(hiddenPrefix);
    const isStale = stats?.isDirectory() && nowMs - stats.mtimeMs > unfinishedStaleAfterMs;
    if (isOurs && isStale) await remove(runsDir, name);
  }
  return removed;
}

const endOf = (run: ListedRun | UnreadableRun): number | null =>
  'last' in run && run.last.k === 'run_ended' ? Date.parse(run.last.at) : null;

/** Somebody may have resumed it since it was listed. */
async function removeIfEnded(runId: string, { runsDir, claim }: RemoveExpiredOptions): Promise<boolean> {
  try {
    const { run, reading } = await claim(runId);
    if (reading.state.ended !== null) return await remove(runsDir, runId);
    await run.release();
    return false;
  } catch (thrown) {
    if (isAppError(thrown)) return false;
    throw thrown;
  }
}

/** A run is never seen half removed. */
async function remove(runsDir: string, name: string): Promise<boolean> {
  const hidden = await mkdtemp(`${runsDir}/${hiddenPrefix}`);
  const isRemoved = await unlessMissing(rename(`${runsDir}/${name}`, `${hidden}/${name}`).then(() => true));
  await rm(hidden, { recursive: true, force: true });
  return isRemoved === true;
}
