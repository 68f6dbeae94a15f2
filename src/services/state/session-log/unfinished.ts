import { lstat, readdir, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/** Writing a session takes seconds: the server that left a folder unfinished for this long is dead. */
const unfinishedStaleAfterMs = 60 * 60 * 1_000;

/** For `mkdtemp`: the prefix of a hidden folder, which is not taken for a finished one. */
export function hiddenPrefixFor(path: string): string {
  return `${dirname(path)}/.${basename(path)}.tmp-`;
}

const hiddenName = /^\..+\.tmp-\w{6}$/;

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
