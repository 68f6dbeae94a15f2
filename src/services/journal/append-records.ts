import { closeSync, constants, fdatasync, fstatSync, ftruncateSync, openSync, write } from 'node:fs';
import { promisify } from 'node:util';
import { AppError, isAppError } from '../../domain/app-error.ts';
import { type JournalEntry, type JournalRecord, journalVersion } from '../../domain/recipe-run/journal-record.ts';
import { cannotWriteState } from '../platform/cannot-write.ts';
import type { InTurn } from '../platform/create-turns.ts';
import { encodeLine, longestLineBytes } from './journal-line.ts';

const writeAt = promisify(write);
const syncData = promisify(fdatasync);
const { O_WRONLY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** The end of a journal that one owner writes. */
export interface JournalEnd {
  readonly path: string;
  /** The number of the last record. */
  n: number;
  /** Where it ends. */
  sizeBytes: number;
}

/**
 * Appends records in order: those that come while others are written go to the disk together, with one sync. The file is open only
 * meanwhile, so that a run that waits holds nothing.
 */
export interface RecordAppender {
  /**
   * @returns the record, once it is on the disk
   * @throws AppError `unavailable`, naming the path, where the disk refuses: nothing of it is left, and a later call may succeed;
   * `conflict` where another process has changed the file; `invalid_input` for a record over 1 MiB
   */
  append(entry: JournalEntry): Promise<JournalRecord>;
  /** Resolves when all that was appended is on the disk, or was refused. */
  flush(): Promise<void>;
}

interface Pending {
  readonly entry: JournalEntry;
  resolve(record: JournalRecord): void;
  reject(problem: unknown): void;
}

export interface AppenderDeps {
  clockMs(): number;
  /** Shared by all journals of a process, so that many runs at once do not open many files. */
  readonly inTurn: InTurn;
}

export function createRecordAppender(end: JournalEnd, { clockMs, inTurn }: AppenderDeps): RecordAppender {
  let pending: Pending[] = [];
  let writing: Promise<void> | null = null;
  let isDirty = false;

  const writeAll = async () => {
    // What is appended in the same turn goes together.
    await null;
    // Never aborted: what was begun is written to its end.
    const { signal } = new AbortController();
    while (pending.length > 0) await inTurn(signal, writeBatch);
    writing = null;
  };

  const writeBatch = async () => {
    const batch = pending;
    pending = [];
    await commit(batch).catch((problem) => {
      for (const { reject } of batch) reject(problem);
    });
  };

  const commit = async (batch: readonly Pending[]) => {
    const at = new Date(clockMs()).toISOString();
    let { n } = end;
    const lines: Buffer[] = [];
    const written: (() => void)[] = [];
    for (const { entry, resolve, reject } of batch) {
      const record: JournalRecord = { v: journalVersion, n: n + 1, at, ...entry };
      const line = encodeLine(record);
      if (line.length > longestLineBytes) {
        reject(tooLarge(end.path, line.length));
        continue;
      }
      n += 1;
      lines.push(line);
      written.push(() => resolve(record));
    }
    if (lines.length === 0) return;
    const bytes = Buffer.concat(lines);
    await writeAtEnd(bytes);
    end.n = n;
    end.sizeBytes += bytes.length;
    for (const acknowledge of written) acknowledge();
  };

  const writeAtEnd = async (bytes: Buffer) => {
    let fd: number | null = null;
    try {
      fd = openSync(end.path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK);
      const { size } = fstatSync(fd);
      if (isDirty) ftruncateSync(fd, end.sizeBytes);
      else if (size !== end.sizeBytes) throw changedByAnother(end.path);
      isDirty = true;
      for (let done = 0; done < bytes.length; )
        done += (await writeAt(fd, bytes, done, bytes.length - done, end.sizeBytes + done)).bytesWritten;
      await syncData(fd);
      isDirty = false;
    } catch (thrown) {
      if (fd !== null && isDirty) isDirty = !isTruncated(fd, end.sizeBytes);
      throw isAppError(thrown) ? thrown : cannotWriteState(end.path, thrown);
    } finally {
      if (fd !== null) closeSync(fd);
    }
  };

  return {
    append(entry) {
      return new Promise((resolve, reject) => {
        pending.push({ entry, resolve, reject });
        writing ??= writeAll();
      });
    },
    async flush() {
      await writing;
    },
  };
}

/** Takes back what a failed write has left. Where that fails too, the next write does it. */
function isTruncated(fd: number, sizeBytes: number): boolean {
  try {
    ftruncateSync(fd, sizeBytes);
    return true;
  } catch {
    return false;
  }
}

function tooLarge(path: string, sizeBytes: number): AppError {
  const message = `A record of ${sizeBytes} bytes is too large for ${path}: at most ${longestLineBytes}; store its values as blobs.`;
  return new AppError('invalid_input', message, { details: { path } });
}

function changedByAnother(path: string): AppError {
  const message = `${path} was changed by something else while its run was going on: resume the run, which reads it again.`;
  return new AppError('conflict', message, { details: { path } });
}
