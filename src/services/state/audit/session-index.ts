import { isAppError } from '../../../domain/app-error.ts';
import { readInstant } from './instant.ts';
import { createLineScanner, type ScannedLine } from './line-scanner.ts';
import { type Reading, readChunks } from './read-chunks.ts';

export interface SessionIndex {
  /** Names of the folders of the sessions since then, each once, in the order of the index. */
  readonly dirNames: ReadonlySet<string>;
  /** Lines that are not what they must be. */
  readonly skippedLines: number;
}

const maxLineBytes = 1024 * 1024;

/**
 * Reads which sessions there were. A missing index is an empty one.
 * @throws AppError `unavailable` if the index cannot be read
 */
export async function readSessionIndex(reading: Reading, path: string, sinceMs: number): Promise<SessionIndex> {
  const { pace, signal } = reading;
  const scanner = createLineScanner(maxLineBytes);
  const dirNames = new Set<string>();
  let skippedLines = 0;

  const take = (line: ScannedLine) => {
    if (line?.trim() === '') return;
    const entry = line === null ? undefined : readEntry(line);
    if (entry === undefined) skippedLines += 1;
    else if (entry.atMs >= sinceMs) dirNames.add(entry.dirName);
  };

  try {
    for await (const chunk of readChunks(reading, path)) {
      for (const line of scanner.scan(chunk)) {
        take(line);
        if (pace.isDue) await pace.breathe(signal);
      }
    }
    for (const line of scanner.end()) take(line);
  } catch (error) {
    signal.throwIfAborted();
    if (!(isAppError(error) && error.code === 'not_found')) throw error;
  }
  return { dirNames, skippedLines };
}

interface Entry {
  readonly dirName: string;
  readonly atMs: number;
}

function readEntry(line: string): Entry | undefined {
  const { dir_name: dirName, timestamp } = parseObject(line);
  const atMs = readInstant(timestamp);
  return isPlainName(dirName) && atMs !== undefined ? { dirName, atMs } : undefined;
}

function parseObject(line: string): { readonly dir_name?: unknown; readonly timestamp?: unknown } {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** A name that stays inside its folder on every system. */
function isPlainName(name: unknown): name is string {
  return typeof name === 'string' && /^[^/\\\0]{1,255}$/.test(name) && name !== '.' && name !== '..';
}
