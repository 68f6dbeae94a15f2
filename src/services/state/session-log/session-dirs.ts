import { lstat, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { unlessMissing } from '../../platform/unless-missing.ts';
import { hiddenPrefixFor } from './unfinished.ts';

export interface SessionDir {
  readonly name: string;
  readonly mtimeMs: number;
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
  const hidden = await mkdtemp(hiddenPrefixFor(`${sessionsDir}/pruned`));
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
