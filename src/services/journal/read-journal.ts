import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { AppError } from '../../domain/app-error.ts';
import { foldJournal, type RunState } from '../../domain/recipe-run/fold-journal.ts';
import type { JournalRecord } from '../../domain/recipe-run/journal-record.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { openRegularFile } from '../platform/open-regular-file.ts';
import { decodeLine, hasItsChecksum, madeByNewer } from './journal-line.ts';
import { noSuchRun, requireOwn } from './run-folder.ts';

export interface JournalReading {
  readonly records: readonly JournalRecord[];
  /** Where the run is after them. */
  readonly state: RunState;
  /** The size of a line at the end that was not written completely, and that nobody was told of. */
  readonly tornBytes: number;
}

export interface JournalFile {
  readonly path: string;
  readonly runId: string;
  readonly ownUid: number | null;
}

const newline = 0x0a;

/**
 * Reads a journal as a whole.
 * @throws AppError `conflict`, naming the file and the line, where it is damaged; `not_found`; `forbidden`, naming the path
 */
export const readJournal = (file: JournalFile): Promise<JournalReading> =>
  withJournal(file, constants.O_RDONLY, async (handle) => parse(file, await handle.readFile()));

/** Reads it and removes the torn line, synced: what is appended next follows the last record. @throws as `readJournal` */
export const repairJournal = (file: JournalFile): Promise<JournalReading & { readonly sizeBytes: number }> =>
  withJournal(file, constants.O_RDWR, async (handle) => {
    const bytes = await handle.readFile();
    const reading = parse(file, bytes);
    const sizeBytes = bytes.length - reading.tornBytes;
    if (reading.tornBytes > 0) await handle.truncate(sizeBytes);
    // What was read may not be on the disk yet: its writer was killed before it had synced.
    await handle.datasync();
    return { ...reading, sizeBytes };
  });

async function withJournal<Result>(
  { path, runId, ownUid }: JournalFile,
  flags: number,
  work: (handle: FileHandle) => Promise<Result>,
): Promise<Result> {
  const file = await openRegularFile(path, flags).catch((thrown: unknown) => {
    const errno = errorCodeOf(thrown);
    if (errno === 'ENOENT') throw noSuchRun(runId);
    if (errno === 'ELOOP' || errno === 'EISDIR') return null;
    const fix = 'see that this user may read and write it';
    throw new AppError('unavailable', `${path} cannot be read (${errno}): ${fix}.`, { details: { path, errno } });
  });
  if (file === null)
    throw new AppError('forbidden', `${path} is not a regular file: move it away.`, { details: { path } });
  try {
    requireOwn(path, file.stats, null, ownUid);
    return await work(file.handle);
  } finally {
    await file.handle.close();
  }
}

function parse({ path, runId }: JournalFile, bytes: Buffer): JournalReading {
  const records: JournalRecord[] = [];
  let at = 0;
  let problem = 'is empty';
  for (const line of linesFrom(bytes, 0)) {
    const record = decodeLine(line);
    if (typeof record === 'string') {
      problem = record;
      break;
    }
    records.push(record);
    at += line.length + 1;
  }
  const { state, damage } = foldJournal(records);
  if (damage !== null) throw damaged(path, damage.n, damage.problem);
  if (state === null || !isTorn(bytes, at)) throw damaged(path, records.length + 1, problem);
  if (state.started.runId !== runId) throw ofAnotherRun(path, state.started.runId);
  return { records, state, tornBytes: bytes.length - at };
}

/**
 * Whether the bytes from there are what a crash leaves of the last write: a line without its end, or one with zeros for data that did not
 * reach the disk, and no whole line after it.
 */
function isTorn(bytes: Buffer, at: number): boolean {
  const [first, ...later] = linesFrom(bytes, at);
  return first === undefined || (first.includes(0) && ![first, ...later].some(hasItsChecksum));
}

/** The complete lines from there. */
function* linesFrom(bytes: Buffer, from: number): Generator<Buffer, void> {
  let start = from;
  for (let end = bytes.indexOf(newline, start); end >= 0; end = bytes.indexOf(newline, start)) {
    yield bytes.subarray(start, end);
    start = end + 1;
  }
}

function damaged(path: string, line: number, problem: string): AppError {
  const fix =
    problem === madeByNewer
      ? 'use that one'
      : 'the journal is damaged. Put back a copy of the file from before the damage, or start a new run';
  return new AppError('conflict', `${path}:${line} ${problem}: ${fix}.`, { details: { path, line } });
}

/** A resume of a copy would use the idempotency keys of the other run. */
function ofAnotherRun(path: string, runId: string): AppError {
  const message = `${path} is the journal of the run ${runId}, and its folder has another name: give the folder that name again, or remove it if it is a copy.`;
  return new AppError('conflict', message, { details: { path, run: runId } });
}
