import { isAppError } from '../../../domain/app-error.ts';
import { type JsonObject, parseJsonObject } from '../../../domain/json-object.ts';
import { type Line, splitLines } from '../../platform/read-lines.ts';
import { type AuditReading, readChunks } from './audit-files.ts';
import { readInstant } from './instant.ts';

export interface SessionIndex<Session> {
  /** The sessions since then by their folders, in the order of the index. */
  readonly sessions: ReadonlyMap<string, Session>;
  /** Lines that are not entries of sessions. */
  readonly skippedLines: number;
}

const maxLineBytes = 1024 * 1024;

/**
 * Reads the index of sessions. A missing index is empty.
 * @param sessionOf what is kept of an entry
 * @throws AppError `unavailable` if the index cannot be read
 */
export async function readSessionIndex<Session>(
  reading: AuditReading,
  path: string,
  sinceMs: number,
  sessionOf: (entry: JsonObject, atMs: number) => Session,
): Promise<SessionIndex<Session>> {
  const { pace, signal } = reading;
  const sessions = new Map<string, Session>();
  let skippedLines = 0;

  const take = (line: Line) => {
    const text = line?.toString();
    if (text?.trim() === '') return;
    const entry = text === undefined ? undefined : readEntry(text);
    if (entry === undefined) skippedLines += 1;
    else if (entry.atMs >= sinceMs) sessions.set(entry.dirName, sessionOf(entry.fields, entry.atMs));
  };

  try {
    for await (const lines of splitLines(readChunks(reading, path), maxLineBytes)) {
      for (const line of lines) {
        take(line);
        if (pace.isDue) await pace.yieldOnce(signal);
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!(isAppError(error) && error.code === 'not_found')) throw error;
  }
  return { sessions, skippedLines };
}

function readEntry(line: string) {
  const fields = parseJsonObject(line) ?? {};
  const { dir_name: dirName, timestamp } = fields;
  const atMs = readInstant(timestamp);
  return isPlainName(dirName) && atMs !== undefined ? { dirName, atMs, fields } : undefined;
}

/** Whether a name stays inside its folder on every system. */
function isPlainName(name: unknown): name is string {
  return typeof name === 'string' && /^[^/\\\0]{1,255}$/.test(name) && name !== '.' && name !== '..';
}
