import { type FileHandle, open, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { RunningSession, SessionEvent, SettledSession } from '../../../domain/agent-session/session-record.ts';
import { toFault } from '../../../domain/app-error.ts';
import type { Log } from '../../../domain/log-record.ts';
import type { Redactor } from '../../../domain/redact.ts';
import type { StateFolder } from '../../../domain/state-folder.ts';
import { cannotWriteState } from '../../platform/cannot-write.ts';
import type { JsonlFile } from '../../platform/jsonl-file.ts';
import { namingPath } from '../naming-path.ts';
import { openSessionIndex } from '../session-log/open-session-index.ts';
import { placeSessionDir, removeSessionDirs } from '../session-log/session-dirs.ts';
import { describeSettled } from './describe-settled.ts';
import { createEventLog } from './event-log.ts';
import { publishSession } from './publish-session.ts';
import { createRecordFile, recordText } from './record-file.ts';
import { filesIn } from './session-dir.ts';

/** The sessions of a server on disk, while they run and when they settle. */
export interface SessionStore {
  /**
   * Makes `<state>/agent-sessions/<key>/` with the record.
   * @throws AppError `unavailable`, naming the path; nothing is left then
   */
  begin(session: RunningSession): Promise<OpenSession>;
}

export interface OpenSession {
  readonly dir: string;
  /** The record as it was last changed. */
  readonly record: RunningSession;
  /** Changes the record. The file follows soon, as a whole; the last change wins. Never throws: what cannot be written is reported once to the log. */
  update(change: Partial<RunningSession>): void;
  /** Adds a line to `events.jsonl`, without secrets, truncated. Written within 50 ms. Never throws, as `update`. */
  append(event: SessionEvent): void;
  /**
   * Writes the files of a settled session, synced, moves its folder to `<state>/logs/sessions/<name>` and adds its line to the index. If it is killed,
   * the next start completes it: the session has exactly one outcome and one line.
   * @returns the name of the folder
   * @throws AppError `unavailable`, naming the path
   */
  settle(settled: SettledSession): Promise<string>;
  /** Removes what there is of a session that never began. Twice is safe. */
  discard(): Promise<void>;
}

export interface SessionStoreDeps {
  readonly folder: Pick<StateFolder, 'agentSessionsDir' | 'sessionsDir' | 'sessionIndexFile'>;
  readonly serverId: string;
  readonly redact: Redactor;
  readonly log: Log;
  /** Called for other servers, as for `createSessionLog`. */
  isServerAlive(serverId: string): boolean;
  /** Called before a session begins: other servers must see that its owner is alive. */
  ensureServerRecord(): void;
}

/** Sessions of one server settle one after the other, so this is only for other servers. */
const lockWaitMs = 10_000;

export function createSessionStore(deps: SessionStoreDeps): SessionStore {
  const { folder, redact, ensureServerRecord } = deps;
  // What was begun is written to its end: a session that is left half way waits for the next start.
  const { signal } = new AbortController();
  const index = inTurn(openSessionIndex({ ...deps, lockWaitMs }));

  const make = async (dir: string, record: RunningSession) => {
    const fill = (unfinished: string) =>
      writeFile(filesIn(unfinished).record, recordText(record, redact), { flag: 'wx', mode: 0o600, flush: true });
    await placeSessionDir(dir, fill, signal);
    return open(filesIn(dir).events, 'wx', 0o600).catch(async (problem: unknown) => {
      await removeDir(dir, signal);
      throw problem;
    });
  };

  return {
    async begin(record) {
      const dir = `${folder.agentSessionsDir}/${record.key}`;
      ensureServerRecord();
      const events = await namingPath(dir, signal, () => make(dir, record));
      return createOpenSession({ ...deps, dir, record, events, index, signal });
    },
  };
}

interface OpenSessionDeps extends SessionStoreDeps {
  readonly dir: string;
  readonly record: RunningSession;
  /** Open for writing and empty. */
  readonly events: FileHandle;
  readonly index: JsonlFile;
  readonly signal: AbortSignal;
}

/** A session whose folder is there. */
function createOpenSession({ dir, events: file, redact, log, ...deps }: OpenSessionDeps): OpenSession {
  const { signal } = deps;
  const files = filesIn(dir);
  let { record } = deps;
  let settling: Promise<string> | null = null;
  let hasReported = false;
  const report = (path: string) => (problem: unknown) => {
    if (hasReported) return;
    hasReported = true;
    log.warning('session_not_written', {
      session: record.key,
      error: toFault(cannotWriteState(path, problem)).message,
    });
  };
  const recordFile = createRecordFile({ path: files.record, redact, onProblem: report(files.record) });
  const events = createEventLog({ file, redact, onProblem: report(files.events) });

  const settle = async (settled: SettledSession) => {
    await recordFile.close();
    await namingPath(files.events, signal, events.finish).catch(async (problem) => {
      await events.abandon();
      throw problem;
    });
    return publishSession(dir, async () => describeSettled(record, settled, redact), deps);
  };

  return {
    dir,
    get record() {
      return record;
    },
    update(change) {
      record = { ...record, ...change };
      recordFile.write(record);
    },
    append: events.append,
    settle(settled) {
      // What has settled stays settled; what has failed is tried again.
      settling ??= settle(settled).catch((problem) => {
        settling = null;
        throw problem;
      });
      return settling;
    },
    async discard() {
      await Promise.all([recordFile.close(), events.abandon()]);
      await namingPath(dir, signal, () => removeDir(dir, signal));
    },
  };
}

const removeDir = (dir: string, signal: AbortSignal) => removeSessionDirs(dirname(dir), [basename(dir)], signal);

/** The same file, whose changes from here wait for each other in order, and not for its lock. */
function inTurn({ withLock }: JsonlFile): JsonlFile {
  let last: Promise<unknown> = Promise.resolve();
  return {
    withLock(signal, work) {
      const mine = last.then(() => withLock(signal, work));
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}
