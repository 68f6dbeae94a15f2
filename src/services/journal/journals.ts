import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { AppError, isAppError } from '../../domain/app-error.ts';
import { type GateAnswer, journalVersion, type RunStarted } from '../../domain/recipe-run/journal-record.ts';
import type { RunBounds } from '../../domain/retention.ts';
import { cannotWriteState } from '../platform/cannot-write.ts';
import { createTurns } from '../platform/create-turns.ts';
import { falseIfTaken } from '../platform/error-code.ts';
import { createFileAtomically } from '../platform/files.ts';
import { type ReleaseLock, takeFolderLock } from '../platform/folder-lock.ts';
import { makeFolderSync } from '../platform/make-folder.ts';
import { syncFolder } from '../platform/sync-folder.ts';
import { putAnswer } from './answers.ts';
import { createRecordAppender } from './append-records.ts';
import { encodeLine } from './journal-line.ts';
import { type ListedRun, type ListRunsOptions, listRuns, type UnreadableRun } from './list-runs.ts';
import { createOwnedRun, type OpenedRun } from './owned-run.ts';
import { type JournalReading, readJournal, repairJournal } from './read-journal.ts';
import { removeExpiredRuns } from './remove-expired-runs.ts';
import { openRunFolder, type RunFolder, readOwnPart, runFolderIn } from './run-folder.ts';

export interface JournalsOptions extends ListRunsOptions {
  /** An owner is the id of a server. Its record must be in place before it owns a run. */
  isOwnerAlive(owner: string): boolean;
  clockMs?(): number;
}

/** The journals of recipe runs: `<runsDir>/<run id>/` with `journal.jsonl`, the recipe as it was at the start, blobs, and answers to gates. */
export interface Journals {
  /**
   * Makes a run with its first record, synced, and owns it. Until it is made completely, it is not found.
   * @throws AppError `conflict` if it exists; `unavailable`, naming the path, and nothing is left of it
   */
  create(started: Omit<RunStarted, 'k'>, recipe: Uint8Array, owner: string): Promise<OpenedRun>;
  /**
   * Owns a run, to resume it. Removes a torn line at the end of its journal, and breaks the claim of a dead owner.
   * @throws AppError `conflict`, naming the owner, if one is alive; and as `read` does
   */
  claim(runId: string, owner: string): Promise<OpenedRun>;
  /**
   * Needs no claim and changes nothing. What the owner writes meanwhile can be a torn line.
   * @throws AppError `conflict`, naming the file, the line and the fix, where the journal is damaged; `not_found`; `forbidden`, naming the path,
   * where others may have written it; `unavailable`
   */
  read(runId: string): Promise<JournalReading>;
  /** The recipe as it was at the start. @throws AppError as `readBlob` does */
  readRecipe(runId: string): Buffer;
  /** @throws AppError `unavailable` where it cannot be read; `conflict` where it has another hash; both name the path */
  readBlob(runId: string, sha256: string): Buffer;
  /** All runs by name, with the first and the last record of each. Lets the event loop turn every few milliseconds. */
  list(): Promise<readonly (ListedRun | UnreadableRun)[]>;
  /**
   * Leaves an answer for the owner of the run. Does not look whether the gate is open.
   * @throws AppError `conflict` if one is there that was not taken; `not_found`; `forbidden` or `unavailable`, naming the path
   */
  putAnswer(runId: string, answer: GateAnswer): Promise<void>;
  /**
   * Removes runs that have ended and expired, and what processes left that were killed while they made or removed a run. Runs that have not
   * ended stay, and so do damaged ones and those that somebody owns. Twice is safe, also from several servers at once.
   * @returns how many runs
   * @throws AppError `unavailable`, naming the folder
   */
  removeExpired(bounds: RunBounds, owner: string): Promise<number>;
}

/** Node has four threads for the disk; more files only wait for them. */
const mostWritesAtOnce = 16;
const never = new AbortController().signal;

export function createJournals(options: JournalsOptions): Journals {
  const { runsDir, ownUid, isOwnerAlive, clockMs = Date.now } = options;
  const inTurn = createTurns(mostWritesAtOnce);

  const lock = (folder: RunFolder, owner: string): Promise<ReleaseLock> =>
    takeFolderLock(
      {
        lock: folder.lock,
        holder: owner,
        holderKind: 'server',
        isHolderAlive: isOwnerAlive,
        waitMs: 0,
        staleAfterMs: Infinity,
        heldError: (holder) => hasOwner(folder.dir, holder),
      },
      never,
    );

  const openLocked = async (folder: RunFolder, runId: string, unlock: ReleaseLock): Promise<OpenedRun> => {
    const path = folder.journal;
    const { sizeBytes, ...reading } = await repairJournal({ path, runId, ownUid });
    const appender = createRecordAppender({ path, n: reading.state.n, sizeBytes }, { clockMs, inTurn });
    return { run: createOwnedRun({ folder, ownUid, unlock, ...appender }), reading };
  };

  const fill = async (folder: RunFolder, started: Omit<RunStarted, 'k'>, recipe: Uint8Array) => {
    for (const dir of [folder.blobsDir, folder.answersDir]) await mkdir(dir, { mode: 0o700 });
    await writeFile(folder.recipe, recipe, { flag: 'wx', mode: 0o600, flush: true });
    const at = new Date(clockMs()).toISOString();
    await createFileAtomically(
      folder.journal,
      encodeLine({ v: journalVersion, n: 1, at, k: 'run_started', ...started }),
    );
    await syncFolder(runsDir);
  };

  const claim = async (runId: string, owner: string): Promise<OpenedRun> => {
    const folder = openRunFolder(options, runId);
    const unlock = await naming(folder.lock, () => lock(folder, owner));
    return naming(folder.journal, () => openLocked(folder, runId, unlock)).catch((thrown) => {
      unlock();
      throw thrown;
    });
  };

  return {
    claim,
    async create(started, recipe, owner) {
      const { runId } = started;
      const folder = runFolderIn(runsDir, runId);
      const isMade = await naming(folder.dir, async () => {
        makeFolderSync(runsDir);
        return mkdir(folder.dir, { mode: 0o700 }).then(() => true, falseIfTaken);
      });
      if (!isMade) throw new AppError('conflict', `${folder.dir} exists: give the run another name.`);
      try {
        return await naming(folder.dir, async () => {
          const unlock = await lock(folder, owner);
          await fill(folder, started, recipe);
          return openLocked(folder, runId, unlock);
        });
      } catch (thrown) {
        await rm(folder.dir, { recursive: true, force: true }).catch(() => undefined);
        throw thrown;
      }
    },
    read: async (runId) => readJournal({ path: openRunFolder(options, runId).journal, runId, ownUid }),
    readRecipe: (runId) => readOwnPart(openRunFolder(options, runId).recipe, ownUid),
    readBlob(runId, sha256) {
      const path = `${openRunFolder(options, runId).blobsDir}/${sha256}`;
      const bytes = readOwnPart(path, ownUid);
      if (createHash('sha256').update(bytes).digest('hex') === sha256) return bytes;
      throw new AppError('conflict', `${path} was changed: put back a copy of it, or start a new run.`, {
        details: { path },
      });
    },
    list: () => listRuns(options),
    putAnswer: async (runId, answer) => putAnswer(openRunFolder(options, runId), answer),
    removeExpired: (bounds, owner) =>
      naming(runsDir, async () => {
        const removal = { runsDir, bounds, nowMs: clockMs(), claim: (runId: string) => claim(runId, owner) };
        return removeExpiredRuns(await listRuns(options), removal);
      }),
  };
}

async function naming<Result>(path: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (thrown) {
    throw isAppError(thrown) ? thrown : cannotWriteState(path, thrown);
  }
}

const hasOwner = (dir: string, owner: string): AppError =>
  new AppError('conflict', `${dir} belongs to the server ${owner}, which runs: use that one, or end it first.`, {
    details: { path: dir, owner },
  });
