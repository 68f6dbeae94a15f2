import { closeSync, constants, writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { RunExit, RunWatcher } from '../cli/cli-host.ts';
import { AppError, appErrorOf, type Fault, toFault } from '../domain/app-error.ts';
import { encodeJson } from '../domain/encode-json.ts';
import { ownerVariable } from '../domain/owner-mark.ts';
import { type StateFolder, stateDirFrom, stateFolderAt } from '../domain/state-folder.ts';
import { startTimer } from '../domain/timers.ts';
import { rotateLog } from '../services/logging/rotate-log.ts';
import { cannotWriteState } from '../services/platform/cannot-write.ts';
import { makeFolderSync } from '../services/platform/make-folder.ts';
import { openRegularFile } from '../services/platform/open-regular-file.ts';
import { announceFd, startDetached } from '../services/platform/process/start-detached.ts';
import { checkStateFormat } from '../services/state/state-format.ts';
import type { NodeProcess } from './node-process.ts';
import { logRotation } from './open-log.ts';
import { whenAskedToEnd } from './when-asked-to-end.ts';
import { workingFolderOf } from './working-folder.ts';

/** Set for this program in the background: on which descriptor it announces its run. */
const announceVariable = 'MAITRED_ANNOUNCE_FD';

type Announcement = { readonly runId: string } | { readonly fault: Fault };

/** More than the time limits of the start-up tasks together. */
const startLimitMs = 120_000;

/**
 * Starts this program again, in the background.
 * @returns the id of the run that it has begun
 * @throws AppError what it reports; `unavailable` where it cannot be started, and where it ends before
 */
export async function startDetachedRun(
  nodeProcess: NodeProcess,
  { homeDir, programDir }: { readonly homeDir: string; readonly programDir: string },
  args: readonly string[],
): Promise<string> {
  const { env, execPath, execArgv } = nodeProcess;
  const cwd = workingFolderOf(nodeProcess);
  const folder = stateFolderAt(resolve(stateDirFrom(env, homeDir)));
  checkStateFormat(folder);
  const path = outputFileIn(folder);
  const output = await openOutput(folder.logsDir, path);
  const ending = new AbortController();
  const limit = startTimer(() => ending.abort(), startLimitMs);
  void whenAskedToEnd(nodeProcess).then(() => ending.abort());
  try {
    const { [ownerVariable]: _, ...others } = env;
    const started = await startDetached(
      {
        file: execPath,
        args: [...execArgv, `${programDir}/maitred.js`, ...args],
        cwd,
        // It belongs to no server that may have started this program.
        env: { ...others, [announceVariable]: String(announceFd) },
        outputFd: output.fd,
      },
      ending.signal,
    );
    if ('exit' in started) throw endedBefore(started.exit.code ?? started.exit.signal, path);
    const announced = JSON.parse(started.line) as Announcement;
    if ('fault' in announced) throw appErrorOf(announced.fault);
    return announced.runId;
  } finally {
    clearTimeout(limit);
    await output.close();
  }
}

/** What programs in the background print. */
const outputFileIn = ({ logsDir }: Pick<StateFolder, 'logsDir'>): string => `${logsDir}/order.log`;

const { O_APPEND, O_CREAT, O_WRONLY } = constants;

/** @throws AppError `unavailable`, naming the path */
async function openOutput(dir: string, path: string): Promise<FileHandle> {
  const open = async () => {
    const opened = await openRegularFile(path, O_WRONLY | O_CREAT | O_APPEND);
    if (opened === null) throw new AppError('unavailable', `${path} is not a file: move it away.`);
    return opened;
  };
  try {
    makeFolderSync(dir);
    const { handle, stats } = await open();
    if (stats.size < logRotation.maxBytes) return handle;
    await handle.close();
    rotateLog({ path, keep: logRotation.keep, inode: stats.ino });
    return (await open()).handle;
  } catch (thrown) {
    throw thrown instanceof AppError ? thrown : cannotWriteState(path, thrown);
  }
}

const endedBefore = (how: number | string | null, path: string): AppError =>
  new AppError('unavailable', `The process in the background ended (${how}) before the run began: ${path} says why.`, {
    details: { path },
  });

/** Runs a recipe, as the host of the command line does. */
type RunRecipe = (watcher: RunWatcher) => Promise<RunExit>;

/**
 * How this program runs recipes where it was started in the background: it announces the run, or why there is none, and ends when a person has to
 * decide. null: it was not. What it starts does not inherit the descriptor.
 */
export function detachedRunIn({ env }: Pick<NodeProcess, 'env'>): ((run: RunRecipe) => RunRecipe) | null {
  const fd = Number(env[announceVariable] || Number.NaN);
  delete env[announceVariable];
  if (!Number.isInteger(fd)) return null;
  const announce = createAnnouncer(fd);
  return (run) => async (watcher) => {
    try {
      const exit = await run({
        leavesAtGate: true,
        mayStop: (signal) => watcher.mayStop(signal),
        onStarted(live) {
          announce({ runId: live.runId });
          watcher.onStarted(live);
        },
      });
      if ('fault' in exit) announce(exit);
      return exit;
    } catch (thrown) {
      announce({ fault: toFault(thrown) });
      throw thrown;
    }
  };
}

/** Announces the first of what it is given, and nothing after it. */
function createAnnouncer(fd: number): (announcement: Announcement) => void {
  let isAnnounced = false;
  return (announcement) => {
    if (isAnnounced) return;
    isAnnounced = true;
    try {
      writeSync(fd, `${encodeJson(announcement)}\n`);
      closeSync(fd);
    } catch {
      // Nobody waits for it any more; the run goes on.
    }
  };
}
