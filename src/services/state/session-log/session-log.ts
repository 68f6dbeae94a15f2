import { dirname } from 'node:path';
import { isAppError } from '../../../domain/app-error.ts';
import { crashedDirNameOf } from '../../../domain/crashed-session.ts';
import type { Enrollment } from '../../../domain/enrollment.schema.ts';
import type { StateFolder } from '../../../domain/state-folder.ts';
import { cannotWriteState } from '../../platform/cannot-write.ts';
import { openJsonlFile } from '../../platform/jsonl-file.ts';
import type { ReadableFile } from '../../platform/read-lines.ts';
import { copyTrace } from './copy-trace.ts';
import { describeCrash } from './describe-crash.ts';
import { placeSessionDir, writeJson } from './place-session-dir.ts';
import { listSessionDirs, removeSessionDirs, type SessionDir } from './session-dirs.ts';
import { removeUnfinished } from './unfinished.ts';

export interface CrashedSession {
  readonly enrollment: Enrollment;
  /** The open trace; it is read from its beginning, and not closed. */
  readonly trace: ReadableFile;
  readonly traceMtimeMs: number;
}

/**
 * What became of agent sessions: a folder each, and an index that the audit begins with. Several servers write it at once.
 * Every method throws the signal's reason within one chunk (64 KiB) of its abort, and what had been done by then holds.
 */
export interface SessionLog {
  /**
   * Records a session that crashed: `<state>/logs/sessions/crashed_<pid>_<start ticks>` is in place as a whole, and the index
   * has one line for it, both synced. Killed or aborted at any moment it leaves nothing that the audit takes for a session, or a
   * folder whose line is still missing; the next call completes it. Twice is safe, also at the same time and from several servers.
   * @throws AppError `unavailable`, naming the path, where the disk refuses or the index is locked by others for more than 2 s
   */
  record(session: CrashedSession, signal: AbortSignal): Promise<void>;

  /**
   * Removes all but the newest session folders and those that are young, and the index lines of what is no longer there. Lines that
   * are not of a session stay. Where no folder goes, the index is not even read. Killed or aborted at any moment it leaves no line without its folder; the next call completes it. Twice is safe.
   * @returns how many folders were removed
   * @throws AppError `unavailable`, as `record` does
   */
  prune(options: PruneOptions): Promise<number>;

  /** Removes folders that killed servers began more than an hour ago and did not finish. What cannot be removed stays. Twice is safe. */
  removeUnfinished(signal: AbortSignal): Promise<void>;
}

export interface PruneOptions {
  readonly keep: number;
  readonly keepYoungerThanMs: number;
  readonly signal: AbortSignal;
}

export interface SessionLogOptions {
  readonly folder: Pick<StateFolder, 'sessionsDir' | 'sessionIndexFile'>;
  readonly serverId: string;
  /** Asked of other servers; the lock of one that is dead is broken. Must be true of one from before it writes until it is dead. */
  isServerAlive(serverId: string): boolean;
  nowMs?(): number;
  /** How long a locked index is waited for. */
  readonly lockWaitMs?: number;
}

export function createSessionLog(options: SessionLogOptions): SessionLog {
  const { folder, serverId, isServerAlive, nowMs = Date.now, lockWaitMs = 2_000 } = options;
  const { sessionsDir, sessionIndexFile: indexFile } = folder;
  const index = openJsonlFile(indexFile, {
    holder: serverId,
    holderKind: 'server',
    isHolderAlive: isServerAlive,
    nowMs,
    waitMs: lockWaitMs,
  });

  async function record({ enrollment, trace, traceMtimeMs }: CrashedSession, signal: AbortSignal): Promise<void> {
    const place = `${sessionsDir}/${crashedDirNameOf(enrollment)}`;
    const fill = async (dir: string) => {
      const digest = await copyTrace(trace, `${dir}/proc_trace.jsonl`, enrollment, signal);
      const { summary, auditLog, indexEntry } = describeCrash(enrollment, traceMtimeMs, digest);
      await writeJson(`${dir}/summary.json`, summary);
      await writeJson(`${dir}/audit_log.json`, auditLog);
      return indexEntry;
    };
    const entry = await namingPath(place, signal, () => placeSessionDir(place, fill, signal));
    await namingPath(indexFile, signal, () => index.withLock(signal, (lines) => lines.appendOnce(entry, 'dir_name')));
  }

  async function prune({ keep, keepYoungerThanMs, signal }: PruneOptions): Promise<number> {
    const list = async () => {
      const dirs = await listSessionDirs(sessionsDir, signal);
      const isOld = ({ mtimeMs }: SessionDir, at: number) => at >= keep && nowMs() - mtimeMs >= keepYoungerThanMs;
      return { kept: namesOf(dirs.filter((dir, at) => !isOld(dir, at))), old: namesOf(dirs.filter(isOld)) };
    };
    if ((await namingPath(sessionsDir, signal, list)).old.size === 0) return 0;
    const old = await namingPath(indexFile, signal, () =>
      index.withLock(signal, async (lines) => {
        const { kept, old } = await list();
        await lines.keepOnly(({ dir_name }) => typeof dir_name !== 'string' || kept.has(dir_name));
        return [...old];
      }),
    );
    return namingPath(sessionsDir, signal, () => removeSessionDirs(sessionsDir, old, signal));
  }

  return {
    record,
    prune,
    async removeUnfinished(signal) {
      for (const dir of [sessionsDir, dirname(indexFile)]) await removeUnfinished(dir, nowMs(), signal);
    },
  };
}

const namesOf = (dirs: readonly SessionDir[]): ReadonlySet<string> => new Set(dirs.map(({ name }) => name));

/** Does what touches a path; what the disk throws becomes an error that names it, unless the work was given up. */
async function namingPath<Result>(path: string, signal: AbortSignal, act: () => Promise<Result>): Promise<Result> {
  signal.throwIfAborted();
  try {
    return await act();
  } catch (thrown) {
    signal.throwIfAborted();
    if (isAppError(thrown)) throw thrown;
    throw cannotWriteState(path, thrown);
  }
}
