import { isAppError } from '../../../domain/app-error.ts';
import { parseJsonObject } from '../../../domain/json-object.ts';
import { type Line, splitLines } from '../../platform/read-lines.ts';
import { type AuditReading, readChunks } from './audit-files.ts';
import { readInstant } from './instant.ts';

export interface SessionIndex {
  /** The folders of the sessions since then, each once, in the order of the index. */
  readonly dirNames: ReadonlySet<string>;
  /** Lines that are not entries of sessions. */
  readonly skippedLines: number;
}

const maxLineBytes = 1024 * 1024;

/**
 * Reads the index of sessions. A missing index is empty.
 * @throws AppError `unavailable` if the index cannot be read
 */
export async function readSessionIndex(reading: AuditReading, path: string, sinceMs: number): Promise<SessionIndex> {
  const { pace, signal } = reading;
  const dirNames = new Set<string>();
  let skippedLines = 0;

  const take = (line: Line) => {
    const text = line?.toString();
    if (text?.trim() === '') return;
    const entry = text === undefined ? undefined : readEntry(text);
    if (entry === undefined) skippedLines += 1;
    else if (entry.atMs >= sinceMs) dirNames.add(entry.dirName);
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
  return { dirNames, skippedLines };
}

function readEntry(line: string): { readonly dirName: string; readonly atMs: number } | undefined {
  const { dir_name: dirName, timestamp } = parseJsonObject(line) ?? {};
  const atMs = readInstant(timestamp);
  return isPlainName(dirName) && atMs !== undefined ? { dirName, atMs } : undefined;
}

/** Whether a name stays inside its folder on every system. */
function isPlainName(name: unknown): name is string {
  return typeof name === 'string' && /^[^/\\\0]{1,255}$/.test(name) && name !== '.' && name !== '..';
}
