import { lstat, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { falseIfTaken } from '../../platform/error-code.ts';
import { makeFolderSync } from '../../platform/make-folder.ts';
import { syncFolder } from '../../platform/sync-folder.ts';
import { unlessMissing } from '../../platform/unless-missing.ts';

export interface SessionDir {
  readonly name: string;
  readonly mtimeMs: number;
}

/** Writing a session takes seconds: the server that left a folder unfinished for this long is dead. */
const unfinishedStaleAfterMs = 60 * 60 * 1_000;

/** What is not finished is in a hidden folder, which is not taken for a finished one. */
const makeHiddenFor = (path: string) => mkdtemp(`${dirname(path)}/.${basename(path)}.tmp-`);
const hiddenName = /^\..+\.tmp-\w{6}$/;

/**
 * Makes the folder of a session as a whole and synced: `fill` writes into a hidden folder beside it, which is then renamed. An existing
 * folder stays as it is. Leaves nothing unfinished, unless the process is killed.
 */
export async function placeSessionDir<Result>(
  place: string,
  fill: (dir: string) => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  makeFolderSync(dirname(place));
  const unfinished = await makeHiddenFor(place);
  try {
    const result = await fill(unfinished);
    signal.throwIfAborted();
    await rename(unfinished, place).catch(falseIfTaken);
    await syncFolder(dirname(place));
    return result;
  } finally {
    await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** The finished folders of sessions, newest first, those of the same time by name. */
export async function listSessionDirs(sessionsDir: string, signal: AbortSignal): Promise<readonly SessionDir[]> {
  const names = (await unlessMissing(readdir(sessionsDir))) ?? [];
  const dirs: SessionDir[] = [];
  for (const name of names.filter((name) => !name.startsWith('.'))) {
    signal.throwIfAborted();
    const stats = await unlessMissing(lstat(`${sessionsDir}/${name}`));
    if (stats?.isDirectory()) dirs.push({ name, mtimeMs: stats.mtimeMs });
  }
  return dirs.sort((a, b) => b.mtimeMs - a.mtimeMs || (a.name < b.name ? 1 : -1));
}

/** Removes folders. None is ever seen half removed: what a kill leaves is hidden. @returns how many */
export async function removeSessionDirs(
  sessionsDir: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  if (names.length === 0) return 0;
  const hidden = await makeHiddenFor(`${sessionsDir}/pruned`);
  let removed = 0;
  try {
    for (const name of names) {
      signal.throwIfAborted();
      // Another server that prunes at the same time may be first.
      const isOurs = await unlessMissing(rename(`${sessionsDir}/${name}`, `${hidden}/${name}`).then(() => true));
      if (isOurs) removed += 1;
    }
  } finally {
    await rm(hidden, { recursive: true, force: true });
  }
  return removed;
}

/** Removes hidden folders that are older than an hour. What cannot be removed stays until the next time. */
export async function removeUnfinished(dir: string, nowMs: number, signal: AbortSignal): Promise<void> {
  const names = await readdir(dir).catch(() => []);
  for (const name of names.filter((name) => hiddenName.test(name))) {
    signal.throwIfAborted();
    const stats = await lstat(`${dir}/${name}`).catch(() => null);
    const isStale = stats?.isDirectory() === true && nowMs - stats.mtimeMs > unfinishedStaleAfterMs;
    if (isStale) await rm(`${dir}/${name}`, { recursive: true, force: true }).catch(() => undefined);
  }
}
