import { createHash } from 'node:crypto';
import { AppError } from '../../domain/app-error.ts';
import type { GateAnswer, JournalEntry, JournalRecord } from '../../domain/recipe-run/journal-record.ts';
import { createFileAtomically } from '../platform/files.ts';
import type { ReleaseLock } from '../platform/folder-lock.ts';
import { takeAnswers } from './answers.ts';
import { type AppenderDeps, type JournalEnd, RecordAppender } from './append-records.ts';
import { readCancelRequest } from './cancel-request.ts';
import type { JournalReading } from './read-journal.ts';
import type { RunFolder } from './run-folder.ts';

/** A run whose journal only its owner changes. Between writes it holds no descriptor and no timer. */
export interface OwnedRun extends Pick<RecordAppender, 'append'> {
  /** Stores bytes, synced: before a record names them. Twice is safe. @returns the sha256 */
  putBlob(bytes: Uint8Array): Promise<string>;
  /**
   * Hands over each answer that was left. It is removed when `take` has resolved: when its record is on the disk, or when it does not count.
   * @throws AppError `conflict` or `unavailable`, naming the path, for a file that is no answer; what `take` throws, and the answer stays. The
   * others are handed over all the same
   */
  takeAnswers(take: (answer: GateAnswer) => Promise<void>): Promise<void>;
  /** Who asked for the run to be cancelled; null: nobody has. @throws AppError `unavailable`, naming the path, where others may have written it */
  cancelRequest(): string | null;
  /** Gives the run up, when all that was appended is on the disk. Twice is safe. */
  release(): Promise<void>;
}

export interface OpenedRun {
  readonly run: OwnedRun;
  /** Its journal as it was found. */
  readonly reading: JournalReading;
}

/** What the owned runs of a process share. */
export interface OwnedRunDeps extends AppenderDeps {
  readonly ownUid: number | null;
}

export class RunOfOwner implements OwnedRun {
  readonly #deps: OwnedRunDeps;
  readonly #folder: RunFolder;
  readonly #appender: RecordAppender;
  /** null: it was released. */
  #unlock: ReleaseLock | null;

  constructor(end: JournalEnd, unlock: ReleaseLock, deps: OwnedRunDeps) {
    this.#deps = deps;
    this.#folder = end.folder;
    this.#appender = new RecordAppender(end, deps);
    this.#unlock = unlock;
  }

  async append(entry: JournalEntry): Promise<JournalRecord> {
    if (this.#unlock === null)
      throw new AppError('internal', `${this.#folder.dir} was given up, and gets no more records.`);
    return this.#appender.append(entry);
  }

  async putBlob(bytes: Uint8Array): Promise<string> {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await createFileAtomically(`${this.#folder.blobsDir}/${sha256}`, bytes);
    return sha256;
  }

  takeAnswers(take: (answer: GateAnswer) => Promise<void>): Promise<void> {
    return takeAnswers(this.#folder, this.#deps.ownUid, take);
  }

  cancelRequest(): string | null {
    return readCancelRequest(this.#folder, this.#deps.ownUid);
  }

  async release(): Promise<void> {
    const unlock = this.#unlock;
    if (unlock === null) return;
    this.#unlock = null;
    await this.#appender.flush();
    unlock();
  }
}
