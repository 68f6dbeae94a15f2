import { lstatSync, type Stats } from 'node:fs';
import { AppError } from '../../domain/app-error.ts';
import { runNamePattern } from '../../domain/recipe-run/journal-record.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { flawOf, readOwnFile } from '../platform/read-regular-file.ts';

/** The paths of a run. Thousands of runs can wait in one process: they are made when they are asked for. */
export class RunFolder {
  constructor(readonly dir: string) {}

  get journal(): string {
    return `${this.dir}/journal.jsonl`;
  }

  get recipe(): string {
    return `${this.dir}/recipe.yaml`;
  }

  get blobsDir(): string {
    return `${this.dir}/blobs`;
  }

  get answersDir(): string {
    return `${this.dir}/answers`;
  }

  /** A code for each gate that has one. */
  get codesDir(): string {
    return `${this.dir}/codes`;
  }

  /** Names who asked for the run to be cancelled. */
  get cancel(): string {
    return `${this.dir}/cancel`;
  }

  /** Names the owner. */
  get lock(): string {
    return `${this.dir}/lock`;
  }
}

export interface RunsOptions {
  readonly runsDir: string;
  /** null where the system has no user numbers. */
  readonly ownUid: number | null;
}

/** @throws AppError `invalid_input` where this is no name of a run, or of a gate */
export function runFolderIn(runsDir: string, runId: string): RunFolder {
  checkName('run', runId);
  return new RunFolder(`${runsDir}/${runId}`);
}

export function checkName(kind: 'run' | 'gate', name: string): void {
  if (runNamePattern.test(name)) return;
  const message = `This is not the name of a ${kind}: give 1 to 64 letters, digits, - or _.`;
  throw new AppError('invalid_input', message, { details: { [kind]: name } });
}

/**
 * The folder of a run, which only our own user may read and change; links are not followed.
 * @throws AppError `not_found`; `forbidden`, naming the path
 */
export function openRunFolder({ runsDir, ownUid }: RunsOptions, runId: string): RunFolder {
  const folder = runFolderIn(runsDir, runId);
  const stats = lstatSync(folder.dir, { throwIfNoEntry: false });
  if (stats === undefined) throw noSuchRun(runId);
  requireOwn(folder.dir, stats, stats.isDirectory() ? null : 'is not a folder', ownUid);
  return folder;
}

export const noSuchRun = (runId: string): AppError =>
  new AppError('not_found', `There is no run ${runId}: maitred runs list, or the tool list_runs, shows all.`, {
    details: { run: runId },
  });

/** @throws AppError `forbidden` where others may have written the file */
export function requireOwn(path: string, stats: Stats, flaw: string | null, ownUid: number | null): void {
  const found = flaw ?? flawOf(stats, ownUid, Infinity);
  if (found === null) return;
  const message = `${path} ${found}, so others may have written it: check it, then move it away or make it yours alone (chmod go=).`;
  throw new AppError('forbidden', message, { details: { path } });
}

/**
 * Reads a file of a run that is written as a whole.
 * @throws AppError `unavailable`, naming the path, where it is missing or others may have written it
 */
export function readOwnPart(path: string, ownUid: number | null): Buffer {
  let cause = "is not this user's alone, or is not a regular file";
  try {
    const bytes = readOwnFile(path, ownUid);
    if (bytes !== null) return bytes;
  } catch (thrown) {
    cause = `cannot be read (${errorCodeOf(thrown)})`;
  }
  throw new AppError('unavailable', `${path} ${cause}: put it back, or start a new run.`, { details: { path } });
}
