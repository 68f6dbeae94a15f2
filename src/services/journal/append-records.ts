import { closeSync, constants, fstatSync, ftruncateSync, openSync, write } from 'node:fs';
import { promisify } from 'node:util';
import { AppError } from '../../domain/app-error.ts';
import { type JournalEntry, type JournalRecord, journalVersion } from '../../domain/recipe-run/journal-record.ts';
import { cannotWriteState } from '../platform/cannot-write.ts';
import type { InTurn } from '../platform/create-turns.ts';
import { encodeLine, refusalOf } from './journal-line.ts';
import type { RunFolder } from './run-folder.ts';

const writeAt = promisify(write);
/** A write returns when the data is on the disk, as after fdatasync(2), in one job for Node's threads. */
const { O_DSYNC, O_WRONLY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** Then it is the turn of other runs. */
const mostBatchesATurn = 8;

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

/** A journal that only its owner writes. */
export interface JournalEnd {
  readonly folder: RunFolder;
  /** The number of its last record. */
  readonly n: number;
  readonly sizeBytes: number;
}

/**
 * Appends records in order: those that come while others are written go to the disk together, with one sync. The file is open only
 * meanwhile, so that a run that waits holds nothing.
 */
export class RecordAppender {
  readonly #deps: AppenderDeps;
  readonly #folder: RunFolder;
  #n: number;
  #sizeBytes: number;
  /** null: nothing is to be written. */
  #pending: Pending[] | null = null;
  #writing: Promise<void> | null = null;
  #isDirty = false;

  /** @param deps one object for all journals of a process */
  constructor({ folder, n, sizeBytes }: JournalEnd, deps: AppenderDeps) {
    this.#deps = deps;
    this.#folder = folder;
    this.#n = n;
    this.#sizeBytes = sizeBytes;
  }

  /**
   * @returns the record, once it is on the disk
   * @throws AppError `unavailable`, naming the path, where the disk refuses: nothing of it is left, and a later call may succeed;
   * `conflict` where another process has changed the file; `invalid_input` for a record over 1 MiB, and for those appended with it, after it
   */
  append(entry: JournalEntry): Promise<JournalRecord> {
    return new Promise((resolve, reject) => {
      this.#pending ??= [];
      this.#pending.push({ entry, resolve, reject });
      this.#writing ??= this.#writeAll();
    });
  }

  /** Resolves when all that was appended is on the disk, or was refused. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    // What is appended in the same turn goes together.
    await null;
    while (this.#pending !== null) await this.#deps.inTurn(null, () => this.#writeBatches());
    this.#writing = null;
  }

  /** The file stays open for what follows at once, as where steps are empty. */
  async #writeBatches(): Promise<void> {
    let fd: number | null = null;
    try {
      for (let left = mostBatchesATurn; left > 0 && this.#pending !== null; left -= 1) {
        const batch = this.#pending;
        this.#pending = null;
        try {
          fd ??= this.#openEnd();
          await this.#commit(fd, batch);
        } catch (thrown) {
          for (const { reject } of batch) reject(thrown);
        }
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    } finally {
      if (fd !== null) closeSync(fd);
    }
  }

  async #commit(fd: number, batch: readonly Pending[]): Promise<void> {
    const at = new Date(this.#deps.clockMs()).toISOString();
    let n = this.#n;
    let lines = '';
    const written: (() => void)[] = [];
    let refusal: AppError | null = null;
    for (const { entry, resolve, reject } of batch) {
      const record: JournalRecord = { v: journalVersion, n: n + 1, at, ...entry };
      const line = refusal === null ? encodeLine(record) : '';
      refusal ??= refusalOf(record, line);
      // What comes after it may follow from it.
      if (refusal !== null) {
        reject(refusal);
        continue;
      }
      n += 1;
      lines += line;
      written.push(() => resolve(record));
    }
    if (lines === '') return;
    const bytes = Buffer.from(lines);
    await this.#writeAtEnd(fd, bytes);
    this.#n = n;
    this.#sizeBytes += bytes.length;
    for (const acknowledge of written) acknowledge();
  }

  #openEnd(): number {
    const path = this.#folder.journal;
    try {
      return openSync(path, O_WRONLY | O_DSYNC | O_NOFOLLOW | O_NONBLOCK);
    } catch (thrown) {
      throw cannotWriteState(path, thrown);
    }
  }

  async #writeAtEnd(fd: number, bytes: Buffer): Promise<void> {
    const end = this.#sizeBytes;
    // The file may have been open for several writes.
    if (!this.#isDirty && fstatSync(fd).size !== end) throw changedByAnother(this.#folder.journal);
    try {
      if (this.#isDirty) ftruncateSync(fd, end);
      this.#isDirty = true;
      for (let done = 0; done < bytes.length; )
        done += (await writeAt(fd, bytes, done, bytes.length - done, end + done)).bytesWritten;
      this.#isDirty = false;
    } catch (thrown) {
      this.#isDirty = !isTruncated(fd, end);
      throw cannotWriteState(this.#folder.journal, thrown);
    }
  }
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

function changedByAnother(path: string): AppError {
  const message = `${path} was changed by something else while its run was going on: resume the run, which reads it again.`;
  return new AppError('conflict', message, { details: { path } });
}
