import type { RunningSession, SessionEvent } from '../../../domain/agent-session/session-record.ts';
import {
  type SessionSummary,
  type SettledEntry,
  sessionSummarySchema,
  settledEntrySchema,
} from '../../../domain/agent-session/session-summary.schema.ts';
import { AppError } from '../../../domain/app-error.ts';
import { parseJsonObject } from '../../../domain/json-object.ts';
import type { StateFolder } from '../../../domain/state-folder.ts';
import { errorCodeOf } from '../../platform/error-code.ts';
import { openRegularFile } from '../../platform/open-regular-file.ts';
import { readLines } from '../../platform/read-lines.ts';
import { unlessMissing } from '../../platform/unless-missing.ts';
import { readSessionEvents, readSessionRecord, readSessionText } from './read-session-files.ts';
import { filesIn, sessionDirsIn } from './session-dir.ts';

/** A session that has not settled. */
export interface UnsettledSession {
  readonly kind: 'unsettled';
  readonly key: string;
  readonly dir: string;
  /** null: it is damaged. */
  readonly record: RunningSession | null;
  /** The server that runs it, or the one that records it now. */
  readonly owner: { readonly serverId: string; readonly isAlive: boolean };
  /** Whether its own server died and its owner records it. */
  readonly isRecovered: boolean;
}

export interface SettledLogEntry {
  readonly kind: 'settled';
  readonly dir: string;
  readonly entry: SettledEntry;
}

/** Reads the sessions of all servers. Writes nothing; folders that do not exist are empty. Its methods throw AppError `unavailable` where something cannot be read. */
export interface SessionReader {
  /** In order of start. */
  listUnsettled(): Promise<readonly UnsettledSession[]>;
  /** The newest first. */
  listSettled(limit: number, signal: AbortSignal): Promise<readonly SettledLogEntry[]>;
  /** null: its summary is missing or damaged. */
  readSummary(session: SettledLogEntry): Promise<SessionSummary | null>;
  /** In order. */
  readEvents(session: UnsettledSession | SettledLogEntry, signal: AbortSignal): AsyncIterable<SessionEvent>;
}

export interface SessionReaderOptions {
  readonly folder: Pick<StateFolder, 'agentSessionsDir' | 'sessionsDir' | 'sessionIndexFile'>;
  /** Of the servers whose process runs. Called after the sessions are listed. */
  liveServerIds(): ReadonlySet<string>;
}

const maxLineBytes = 1_048_576;

export function createSessionReader({ folder, liveServerIds }: SessionReaderOptions): SessionReader {
  const { agentSessionsDir, sessionsDir, sessionIndexFile } = folder;
  return {
    async listUnsettled() {
      // In this order: a server that starts meanwhile has its record in place before its sessions.
      const names = sessionDirsIn(agentSessionsDir);
      if (names.length === 0) return [];
      const live = liveServerIds();
      const sessions = names.map(async ({ name, key, owner, isRecovered }): Promise<UnsettledSession> => {
        const dir = `${agentSessionsDir}/${name}`;
        const record = await orUnreadable(dir, () => readSessionRecord(filesIn(dir).record));
        return {
          kind: 'unsettled',
          key,
          dir,
          record,
          owner: { serverId: owner, isAlive: live.has(owner) },
          isRecovered,
        };
      });
      return (await Promise.all(sessions)).sort((one, other) => (startOf(one) < startOf(other) ? -1 : 1));
    },
    async listSettled(limit, signal) {
      const entries = await orUnreadable(sessionIndexFile, () => readIndex(sessionIndexFile, limit, signal));
      return entries.map((entry) => ({ kind: 'settled', dir: `${sessionsDir}/${entry.dir_name}`, entry }));
    },
    async readSummary({ dir }) {
      const path = `${dir}/summary.json`;
      const text = await orUnreadable(path, () => readSessionText(path));
      return sessionSummarySchema.safeParse(text === null ? null : parseJsonObject(text)).data ?? null;
    },
    readEvents: ({ dir }, signal) => readSessionEvents(filesIn(dir).events, signal),
  };
}

/** Damaged ones last. */
const startOf = ({ record, key }: UnsettledSession): string => `${record?.started_at ?? '~'} ${key}`;

/** The last entries, newest first. Lines that are not entries are passed over. */
async function readIndex(path: string, limit: number, signal: AbortSignal): Promise<readonly SettledEntry[]> {
  const file = await unlessMissing(openRegularFile(path));
  if (file === null) return [];
  const entries: SettledEntry[] = [];
  try {
    for await (const lines of readLines(file.handle, maxLineBytes, signal)) {
      for (const line of lines) {
        const entry = settledEntrySchema.safeParse(line === null ? null : parseJsonObject(line.toString()));
        if (entry.success) entries.push(entry.data);
      }
      if (entries.length > limit) entries.splice(0, entries.length - limit);
    }
  } finally {
    await file.handle.close();
  }
  return entries.reverse();
}

async function orUnreadable<Result>(path: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    const message = `${path} cannot be read (${errorCodeOf(cause)}): give this user access to it, or move it away.`;
    throw new AppError('unavailable', message, { details: { path }, cause });
  }
}
