import { type FSWatcher, watch } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError } from '../../domain/app-error.ts';
import { runNamePattern } from '../../domain/recipe-run/journal-record.ts';
import { startTimer } from '../../domain/timers.ts';
import { cannotWriteState } from '../platform/cannot-write.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { makeFolderSync } from '../platform/make-folder.ts';
import { removeQuietly } from '../platform/remove-quietly.ts';
import { namesIn } from '../platform/unless-missing.ts';

/** An empty file named `<owner>.<run id>` in this folder tells the owner to look at the run. The folder's name is never that of a run. */
const requestsDirIn = (runsDir: string): string => `${runsDir}/.requests`;

/** @throws AppError `unavailable`, naming the path. Twice is safe. */
export async function notifyOwner(runsDir: string, owner: string, runId: string): Promise<void> {
  const dir = requestsDirIn(runsDir);
  const path = `${dir}/${owner}.${runId}`;
  try {
    makeFolderSync(dir);
    await writeFile(path, '', { mode: 0o600 });
  } catch (thrown) {
    throw cannotWriteState(path, thrown);
  }
}

/** Removes the files of dead owners. Twice is safe. @throws AppError `unavailable`, naming the folder */
export function removeDeadRequests(runsDir: string, isOwnerAlive: (owner: string) => boolean): void {
  const dir = requestsDirIn(runsDir);
  for (const name of namesIn(dir)) {
    const request = readName(name);
    if (request !== null && !isOwnerAlive(request.owner)) removeQuietly(`${dir}/${name}`);
  }
}

function readName(name: string): { readonly owner: string; readonly runId: string } | null {
  const [owner = '', runId = '', ...others] = name.split('.');
  return others.length === 0 && runNamePattern.test(runId) ? { owner, runId } : null;
}

/** After a failure to watch the folder or to read it. */
const retryMs = 1_000;

/** As `Journals.watchRequests`. */
export function watchRequests(runsDir: string, owner: string, listener: (runId: string) => void): () => void {
  const dir = requestsDirIn(runsDir);
  let watcher: FSWatcher | null = null;
  let retry: NodeJS.Timeout | null = null;
  let hasEnded = false;

  const open = () =>
    watch(dir, { persistent: false }, (event, name) => {
      // The folder itself was removed or renamed.
      if (event === 'rename' && name === basename(dir)) close();
      takeAll();
    }).on('error', () => {
      close();
      takeAll();
    });
  const close = () => {
    watcher?.close();
    watcher = null;
  };
  const names = () => {
    try {
      if (watcher === null) {
        makeFolderSync(dir);
        watcher = open();
      }
      return namesIn(dir);
    } catch {
      close();
      retry = startTimer(takeAll, retryMs);
      return [];
    }
  };
  // Reads the whole folder at each event: the system drops events when there are too many, but never the last ones and all before them.
  const takeAll = () => {
    if (hasEnded) return;
    for (const name of names()) {
      const request = readName(name);
      if (request?.owner !== owner) continue;
      // Before the listener looks: what is left for the run after that makes the file again.
      removeQuietly(`${dir}/${name}`);
      listener(request.runId);
    }
  };

  makeFolder(dir);
  try {
    watcher = open();
  } catch (thrown) {
    throw cannotWatch(dir, thrown);
  }
  queueMicrotask(takeAll);
  return () => {
    hasEnded = true;
    close();
    if (retry !== null) clearTimeout(retry);
  };
}

function makeFolder(dir: string): void {
  try {
    makeFolderSync(dir);
  } catch (thrown) {
    throw cannotWriteState(dir, thrown);
  }
}

function cannotWatch(dir: string, cause: unknown): AppError {
  const errno = errorCodeOf(cause);
  const fix =
    errno === 'ENOSPC' || errno === 'EMFILE'
      ? 'raise the limits fs.inotify.max_user_watches and fs.inotify.max_user_instances'
      : 'see that it is a folder this user may read';
  return new AppError('unavailable', `${dir} cannot be watched (${errno}): ${fix}.`, {
    details: { path: dir, errno },
    cause,
  });
}
