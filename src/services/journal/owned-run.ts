import { createHash } from 'node:crypto';
import { AppError } from '../../domain/app-error.ts';
import type { GateAnswer } from '../../domain/recipe-run/journal-record.ts';
import { createFileAtomically } from '../platform/files.ts';
import type { ReleaseLock } from '../platform/folder-lock.ts';
import { takeAnswers } from './answers.ts';
import type { RecordAppender } from './append-records.ts';
import type { JournalReading } from './read-journal.ts';
import type { RunFolder } from './run-folder.ts';

/** A run whose journal only its owner changes. Between writes it holds no descriptor and no timer. */
export interface OwnedRun extends Pick<RecordAppender, 'append'> {
  /** Stores bytes, synced: before a record names them. Twice is safe. @returns the sha256 */
  putBlob(bytes: Uint8Array): Promise<string>;
  /**
   * Hands over each answer that was left. It is removed when `take` has resolved: when its record is on the disk, or when it does not count.
   * @throws AppError `conflict`, naming the path, for a file that is no answer; what `take` throws, and the answer stays
   */
  takeAnswers(take: (answer: GateAnswer) => Promise<void>): Promise<void>;
  /** Gives the run up, when all that was appended is on the disk. Twice is safe. */
  release(): Promise<void>;
}

export interface OpenedRun {
  readonly run: OwnedRun;
  /** Its journal as it was found. */
  readonly reading: JournalReading;
}

export interface OwnedRunParts extends RecordAppender {
  readonly folder: RunFolder;
  readonly ownUid: number | null;
  unlock: ReleaseLock;
}

export function createOwnedRun({ folder, ownUid, append, flush, unlock }: OwnedRunParts): OwnedRun {
  let isReleased = false;
  return {
    async append(entry) {
      if (isReleased) throw new AppError('internal', `${folder.dir} was given up, and gets no more records.`);
      return append(entry);
    },
    async putBlob(bytes) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      await createFileAtomically(`${folder.blobsDir}/${sha256}`, bytes);
      return sha256;
    },
    takeAnswers: (take) => takeAnswers(folder, ownUid, take),
    async release() {
      if (isReleased) return;
      isReleased = true;
      await flush();
      unlock();
    },
  };
}
