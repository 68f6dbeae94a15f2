import type { StateFolder } from '../../../domain/state-folder.ts';
import { namingPath } from '../naming-path.ts';
import { openSessionIndex, type SessionIndexOptions } from './open-session-index.ts';
import { listSessionDirs, removeSessionDirs, type SessionDir } from './session-dirs.ts';

export interface PruneOptions extends SessionIndexOptions {
  readonly folder: Pick<StateFolder, 'sessionsDir' | 'sessionIndexFile'>;
  readonly keep: number;
  readonly keepYoungerThanMs: number;
  readonly signal: AbortSignal;
}

/**
 * Removes all but the newest and the young folders of settled sessions, and index lines without a folder. Lines that are not of a session stay.
 * Where no folder is removed, the index is not read. If it is killed or aborted, no line is without its folder; the next call completes it.
 * Twice is safe, also at the same time from several servers.
 * @returns how many folders were removed
 * @throws AppError `unavailable`, naming the path, where the disk refuses or other servers lock the index for too long; the signal's reason
 * within one chunk (64 KiB) of its abort
 */
export async function pruneSessionLog(options: PruneOptions): Promise<number> {
  const { keep, keepYoungerThanMs, signal } = options;
  const { sessionsDir, sessionIndexFile } = options.folder;
  const list = async () => {
    const dirs = await listSessionDirs(sessionsDir, signal);
    const isOld = ({ mtimeMs }: SessionDir, at: number) => at >= keep && Date.now() - mtimeMs >= keepYoungerThanMs;
    return { kept: namesOf(dirs.filter((dir, at) => !isOld(dir, at))), old: namesOf(dirs.filter(isOld)) };
  };
  if ((await namingPath(sessionsDir, signal, list)).old.size === 0) return 0;
  const old = await namingPath(sessionIndexFile, signal, () =>
    openSessionIndex(options).withLock(signal, async (lines) => {
      const { kept, old } = await list();
      await lines.keepOnly(({ dir_name }) => typeof dir_name !== 'string' || kept.has(dir_name));
      return [...old];
    }),
  );
  return namingPath(sessionsDir, signal, () => removeSessionDirs(sessionsDir, old, signal));
}

const namesOf = (dirs: readonly SessionDir[]): ReadonlySet<string> => new Set(dirs.map(({ name }) => name));
