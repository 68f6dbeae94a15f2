import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { toFault } from '../../domain/app-error.ts';
import type { JsonObject } from '../../domain/json-object.ts';
import { journalRecordSchema } from '../../domain/recipe-run/journal-record.schema.ts';
import { type JournalRecord, type RunStarted, runNamePattern } from '../../domain/recipe-run/journal-record.ts';
import { holderOf } from '../platform/folder-lock.ts';
import { flawOf } from '../platform/read-regular-file.ts';
import { entriesIn } from '../platform/unless-missing.ts';
import { readLine } from './journal-line.ts';
import { type JournalReading, readJournal } from './read-journal.ts';
import { openRunFolder, type RunFolder, type RunsOptions, runFolderIn } from './run-folder.ts';

export interface ListedRun {
  readonly runId: string;
  readonly started: JournalRecord<RunStarted>;
  readonly last: JournalRecord;
  /** null: no process that lives owns it. Not looked up for a run that has ended. */
  readonly owner: string | null;
}

/** A run whose ends could not be read. */
export interface UnreadableRun {
  readonly runId: string;
  /** What is wrong, where, and what to do. */
  readonly problem: string;
}

export interface ListRunsOptions extends RunsOptions {
  isOwnerAlive(owner: string): boolean;
}

/** Reading so many runs takes about 3 ms. */
const runsATurn = 64;
/** How much is read at each end of a file, until it holds a record; after that, the whole file. */
const endBytes = [16_384, 65_536] as const;
const newline = 0x0a;
const recordKinds: ReadonlySet<unknown> = new Set(journalRecordSchema.options.map(({ shape }) => shape.k.value));

/** All runs, by name. Lines between the first and the last are not read, so damage there is not seen. */
export async function listRuns(options: ListRunsOptions): Promise<readonly (ListedRun | UnreadableRun)[]> {
  const runs: (ListedRun | UnreadableRun)[] = [];
  const living = new Map<string, boolean>();
  const isAlive = (owner: string) => {
    const known = living.get(owner) ?? options.isOwnerAlive(owner);
    living.set(owner, known);
    return known;
  };
  const anEnd = () => Buffer.allocUnsafeSlow(Math.max(...endBytes));
  const buffers = { head: anEnd(), tail: anEnd() };
  const folders = new Map(entriesIn(options.runsDir).map((entry) => [entry.name, entry.isDirectory()]));
  const runIds = [...folders.keys()].filter((name) => runNamePattern.test(name)).sort();
  // Then nobody else can reach the folders in it, whatever their permissions are.
  const isPrivate = runIds.length > 0 && flawOf(lstatSync(options.runsDir), options.ownUid, Infinity) === null;
  for (const [at, runId] of runIds.entries()) {
    if (at % runsATurn === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    try {
      const isFolder = folders.get(runId) === true;
      const folder = isPrivate && isFolder ? runFolderIn(options.runsDir, runId) : openRunFolder(options, runId);
      const { started, last } =
        readEnds(folder, runId, options.ownUid, buffers) ?? endsOf(await readWhole(folder, runId, options));
      const owner = last.k === 'run_ended' ? null : holderOf(folder.lock);
      runs.push({ runId, started, last, owner: owner !== null && isAlive(owner) ? owner : null });
    } catch (thrown) {
      const { code, message } = toFault(thrown);
      // It was removed meanwhile, or is not made completely yet.
      if (code !== 'not_found') runs.push({ runId, problem: message });
    }
  }
  return runs;
}

type Ends = Pick<ListedRun, 'started' | 'last'>;

/** One for each end; used for all files in turn. */
interface EndBuffers {
  readonly head: Buffer;
  readonly tail: Buffer;
}

/** null where they are not as usual. */
function readEnds({ journal }: RunFolder, runId: string, ownUid: number | null, buffers: EndBuffers): Ends | null {
  let fd: number | null = null;
  try {
    fd = openSync(journal, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = fstatSync(fd);
    if (!stats.isFile() || flawOf(stats, ownUid, Infinity) !== null) return null;
    const { size } = stats;
    for (const bytes of endBytes) {
      const head = readAt(fd, buffers.head, bytes, 0);
      const tail = size <= bytes ? head : readAt(fd, buffers.tail, bytes, size - bytes);
      const started = readRecord(head.subarray(0, Math.max(0, head.indexOf(newline))));
      const last = readRecord(lastLineOf(tail));
      if (started?.k === 'run_started' && started.runId === runId && last !== null) return { started, last };
      if (size <= bytes) return null;
    }
    return null;
  } catch {
    return null;
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

/** What matches its checksum is what was written. It is not validated again, which would take most of the time. */
function readRecord(line: Buffer): JournalRecord | null {
  const json = readLine(line);
  return typeof json === 'string' || !isKnown(json) ? null : json;
}

const isKnown = (json: JsonObject): json is JournalRecord & JsonObject => recordKinds.has(json.k);

/** The last line that has its end. Its beginning may be missing; then it does not match its checksum. */
function lastLineOf(tail: Buffer): Buffer {
  const end = tail.lastIndexOf(newline);
  return tail.subarray(end <= 0 ? 0 : tail.lastIndexOf(newline, end - 1) + 1, Math.max(0, end));
}

function readAt(fd: number, buffer: Buffer, bytes: number, position: number): Buffer {
  return buffer.subarray(0, readSync(fd, buffer, 0, bytes, position));
}

const readWhole = ({ journal }: RunFolder, runId: string, { ownUid }: RunsOptions): Promise<JournalReading> =>
  readJournal({ path: journal, runId, ownUid });

const endsOf = ({ records, state }: JournalReading): Ends => ({
  started: state.started,
  last: records.at(-1) ?? state.started,
});
