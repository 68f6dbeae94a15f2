import { dirname } from 'node:path';
import { isAppError } from '../../../domain/app-error.ts';
import { crashedDirNameOf } from '../../../domain/crashed-session.ts';
import { encodeJson } from '../../../domain/encode-json.ts';
import type { Enrollment } from '../../../domain/enrollment.schema.ts';
import type { StateFolder } from '../../../domain/state-folder.ts';
import { cannotWriteState } from '../../platform/cannot-write.ts';
import { writeFileAtomically } from '../../platform/files.ts';
import { openJsonlFile } from '../../platform/jsonl-file.ts';
import type { ReadableFile } from '../../platform/read-lines.ts';
import { copyTrace } from './copy-trace.ts';
import { describeCrash } from './describe-crash.ts';
import {
  listSessionDirs,
  placeSessionDir,
  removeSessionDirs,
  removeUnfinished,
  type SessionDir,
} from './session-dirs.ts';

export interface CrashedSession {
  readonly enrollment: Enrollment;
  /** The open trace. It is read from its beginning and not closed. */
  readonly trace: ReadableFile;
  readonly traceMtimeMs: number;
}

/**
 * The outcomes of agent sessions: a folder each, and an index that the audit starts with. Several servers write it at once.
 * Every method throws the signal's reason within one chunk (64 KiB) of its abort; what was done by then stays.
 */
export interface SessionLog {
  /**
   * Records a session that crashed: makes `<state>/logs/sessions/crashed_<pid>_<start ticks>` as a whole and adds one line to the index,
   * both synced. If it is killed or aborted, either the audit sees no session or the folder lacks its line; the next call completes it.
   * Twice is safe, also at the same time and from several servers.
   * @throws AppError `unavailable`, naming the path, where the disk refuses or other servers lock the index for more than 2 s
   */
  record(session: CrashedSession, signal: AbortSignal): Promise<void>;

  /**
   * Removes all but the newest and the young session folders, and index lines without a folder. Lines that are not of a session stay. Where no folder
   * is removed, the index is not read. If it is killed or aborted, no line is without its folder; the next call completes it. Twice is safe.
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
  /** Called for other servers: the lock of a dead one is broken. Must be true for a server from before it writes until it is dead. */
  isServerAlive(serverId: string): boolean;
  nowMs?(): number;
  /** How long to wait for a locked index. */
  readonly lockWaitMs?: number;
}

export function createSessionLog(options: SessionLogOptions): SessionLog {
  const { folder, serverId, isServerAlive, nowMs = Date.now, lockWaitMs = 2_000 } = options;
  const { sessionsDir, sessionIndexFile: indexFile } = folder;
  const index = openJsonlFile(indexFile, {
    holder: serverId,
    holderKind: 'server',
    isHolderAlive: isServerAlive,
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

const writeJson = (path: string, value: unknown) => writeFileAtomically(path, `${encodeJson(value, 2)}\n`);

const namesOf = (dirs: readonly SessionDir[]): ReadonlySet<string> => new Set(dirs.map(({ name }) => name));

/** Runs work on a path. Errors of the disk become an AppError that names the path, unless the signal is aborted. */
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
