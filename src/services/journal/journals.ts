import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { AppError, isAppError } from '../../domain/app-error.ts';
import { stateAtStart } from '../../domain/recipe-run/fold-journal.ts';
import {
  type GateAnswer,
  type JournalRecord,
  journalVersion,
  type RunStarted,
} from '../../domain/recipe-run/journal-record.ts';
import type { RunBounds } from '../../domain/retention.ts';
import { cannotWriteState } from '../platform/cannot-write.ts';
import { createTurns } from '../platform/create-turns.ts';
import { falseIfTaken } from '../platform/error-code.ts';
import { createFileAtomically } from '../platform/files.ts';
import { holderOf, type ReleaseLock, takeFolderLock } from '../platform/folder-lock.ts';
import { makeFolderSync } from '../platform/make-folder.ts';
import { removeQuietly } from '../platform/remove-quietly.ts';
import { syncFolder } from '../platform/sync-folder.ts';
import { putAnswer } from './answers.ts';
import { putCancelRequest } from './cancel-request.ts';
import { issueCode, redeemCode } from './codes.ts';
import { encodeLine, refusalOf } from './journal-line.ts';
import { type ListedRun, type ListRunsOptions, listRuns, type UnreadableRun } from './list-runs.ts';
import { type OpenedRun, type OwnedRunDeps, RunOfOwner } from './owned-run.ts';
import { type JournalReading, readJournal, repairJournal } from './read-journal.ts';
import { removeExpiredRuns } from './remove-expired-runs.ts';
import { notifyOwner, removeDeadRequests, watchRequests } from './requests.ts';
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
   * @throws AppError `conflict` if it exists; `invalid_input` for inputs over 1 MiB; `unavailable`, naming the path, and nothing is left of it
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
  /** The server that owns the run and is alive; null: none. @throws AppError `not_found`; `forbidden`, naming the path */
  ownerOf(runId: string): string | null;
  /**
   * Asks the owner of the run to cancel it. Twice is safe. Without an owner, whoever resumes the run finds the request.
   * @param who the person, for the journal
   * @throws AppError `not_found`; `forbidden` or `unavailable`, naming the path
   */
  requestCancel(runId: string, who: string): Promise<void>;
  /**
   * A new code for an answer to a gate by a program, to be shown to a person only. The one before counts no longer. Its hash is stored, not the
   * code.
   * @throws AppError `not_found`; `unavailable`, naming the path
   */
  issueCode(runId: string, gate: string): Promise<string>;
  /**
   * Whether it is the code of the gate, in letters of any case, with or without its hyphen. It counts once: a second call with it returns false.
   * After five wrong ones, no code of the gate counts until a new one is issued.
   * @throws AppError `not_found`; `forbidden` or `unavailable`, naming the path
   */
  redeemCode(runId: string, gate: string, code: string): Promise<boolean>;
  /**
   * Calls back with the id of a run of this owner soon after something was left for it: an answer, or a request to cancel. It can call back more
   * than once for the same thing. On a local disk of Linux nothing is missed, also not what was left before it began; elsewhere it can be, until
   * the next request. One descriptor and no timer, however many runs there are. Keeps no process alive.
   * @returns a function that ends it
   * @throws AppError `unavailable`, naming the folder
   */
  watchRequests(owner: string, listener: (runId: string) => void): () => void;
  /**
   * Removes runs that have ended and expired, and what processes left that were killed while they made or removed a run. Runs that have not
   * ended stay, and so do damaged ones and those that somebody owns. Twice is safe, also from several servers at once.
   * @returns how many runs
   * @throws AppError `unavailable`, naming the folder
   */
  removeExpired(bounds: RunBounds, owner: string): Promise<number>;
}

/** Files that are open at once. More than Node's four threads for the disk: it syncs together what was written before. */
const mostWritesAtOnce = 64;
const never = new AbortController().signal;

export function createJournals(options: JournalsOptions): Journals {
  const { runsDir, ownUid, isOwnerAlive, clockMs = Date.now } = options;
  const ownedRunDeps: OwnedRunDeps = { ownUid, clockMs, inTurn: createTurns(mostWritesAtOnce) };

  const lock = (folder: RunFolder, runId: string, owner: string): Promise<ReleaseLock> =>
    takeFolderLock(
      {
        lock: folder.lock,
        holder: owner,
        holderKind: 'server',
        isHolderAlive: isOwnerAlive,
        waitMs: 0,
        staleAfterMs: Infinity,
        heldError: (holder) => hasOwner(folder.dir, runId, holder),
      },
      never,
    );

  const openLocked = async (folder: RunFolder, runId: string, unlock: ReleaseLock): Promise<OpenedRun> => {
    const { sizeBytes, ...reading } = await repairJournal({ path: folder.journal, runId, ownUid });
    return { run: new RunOfOwner({ folder, n: reading.state.n, sizeBytes }, unlock, ownedRunDeps), reading };
  };

  /** @returns the size of its journal, with the first record */
  const fill = async (folder: RunFolder, first: JournalRecord, recipe: Uint8Array): Promise<number> => {
    const line = Buffer.from(encodeLine(first));
    const refusal = refusalOf(first, line);
    if (refusal !== null) throw refusal;
    for (const dir of [folder.blobsDir, folder.answersDir]) await mkdir(dir, { mode: 0o700 });
    await writeFile(folder.recipe, recipe, { flag: 'wx', mode: 0o600, flush: true });
    await createFileAtomically(folder.journal, line);
    await syncFolder(runsDir);
    return line.length;
  };

  const claim = async (runId: string, owner: string): Promise<OpenedRun> => {
    const folder = openRunFolder(options, runId);
    const unlock = await naming(folder.lock, () => lock(folder, runId, owner));
    return naming(folder.journal, () => openLocked(folder, runId, unlock)).catch((thrown) => {
      unlock();
      throw thrown;
    });
  };

  const ownerOf = (runId: string): string | null => {
    const holder = holderOf(openRunFolder(options, runId).lock);
    return holder !== null && isOwnerAlive(holder) ? holder : null;
  };

  /** @param put returns the file that it made, if any. Who claims the run after that finds it: only an owner from before is notified. */
  const leave = async (runId: string, put: (folder: RunFolder) => Promise<string | null>) => {
    const path = await put(openRunFolder(options, runId));
    try {
      const owner = ownerOf(runId);
      if (owner !== null) await notifyOwner(runsDir, owner, runId);
    } catch (thrown) {
      if (path !== null) removeQuietly(path);
      throw thrown;
    }
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
          const unlock = await lock(folder, runId, owner);
          const at = new Date(clockMs()).toISOString();
          const first = { v: journalVersion, n: 1, at, k: 'run_started', ...started } as const;
          const sizeBytes = await fill(folder, first, recipe);
          const reading = { records: [first], state: stateAtStart(first), tornBytes: 0 };
          return { run: new RunOfOwner({ folder, n: 1, sizeBytes }, unlock, ownedRunDeps), reading };
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
    ownerOf,
    requestCancel: (runId, who) => leave(runId, (folder) => putCancelRequest(folder, who)),
    issueCode: async (runId, gate) => issueCode(openRunFolder(options, runId), gate),
    redeemCode: async (runId, gate, code) => redeemCode(openRunFolder(options, runId), gate, code, ownUid),
    watchRequests: (owner, listener) => watchRequests(runsDir, owner, listener),
    list: () => listRuns(options),
    putAnswer: (runId, answer) => leave(runId, (folder) => putAnswer(folder, answer)),
    removeExpired: (bounds, owner) =>
      naming(runsDir, async () => {
        removeDeadRequests(runsDir, isOwnerAlive);
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

const hasOwner = (dir: string, runId: string, owner: string): AppError =>
  new AppError(
    'conflict',
    `The run ${runId} belongs to the server ${owner}, which works on it: maitred runs logs ${runId} --follow shows what it does, and maitred runs cancel ${runId} ends it.`,
    { details: { path: dir, owner } },
  );
