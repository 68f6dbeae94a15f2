import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, isAppError } from '../../domain/app-error.ts';
import { countText } from '../../domain/count-text.ts';
import { callsFolder, scenarioFile } from '../../domain/scenario/scenario.ts';
import { cannotWrite } from '../platform/cannot-write.ts';
import { entryKindAt } from '../platform/entry-kind.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { holdFolder, isOfLock } from '../platform/folder-lock.ts';
import { namesIn } from '../platform/unless-missing.ts';
import { inspectScenario } from './read-scenario.ts';

/** Of a scenario, less what the umask takes away: people commit them. */
export const folderMode = 0o755;
export const fileMode = 0o644;

const lockName = '.recording.lock';

/** Where a call is written until it has settled. */
export const pendingName = (name: string): string => `.${name}.pending`;
const isPending = (name: string): boolean => name.startsWith('.') && name.endsWith('.pending');

/**
 * Takes the folder for this process. Makes it, with mode 0700, where it is missing.
 * @returns releases it; never throws
 * @throws AppError `conflict`, naming the process, while another server records into it; `unavailable` where it cannot be written
 */
export async function lockScenario(dir: string): Promise<() => void> {
  const lock = join(dir, lockName);
  const heldError = (pid: number) => {
    const fix = `end it, or choose another folder; if there is no such process, remove ${lock}`;
    return new AppError('conflict', `The process ${pid} records a scenario into ${dir}: ${fix}.`, {
      details: { path: dir, pid },
    });
  };
  try {
    return await holdFolder(lock, heldError);
  } catch (thrown) {
    throw isAppError(thrown) ? thrown : cannotWrite(dir, thrown);
  }
}

/**
 * Takes the folder for a new scenario: an empty one, or one whose scenario has no calls. What dead recorders have left in it is removed.
 * @returns releases it; never throws
 * @throws AppError `conflict` for a scenario with calls, or as above; `invalid_input` for a folder with something else in it
 */
export async function takeForRecording(dir: string): Promise<() => void> {
  refuseForeignFolder(dir);
  const release = await lockScenario(dir);
  try {
    await refuseScenarioWithCalls(dir);
    for (const path of crashTracesIn(dir)) removeFolder(join(dir, path));
    makeCallsFolder(dir);
    return release;
  } catch (thrown) {
    release();
    throw thrown;
  }
}

const choice = 'choose a folder that is empty or does not exist';

function refuseForeignFolder(dir: string): void {
  const names = namesOf(dir).filter((name) => !isTemporary(name) && !isEmptyCalls(dir, name));
  if (names.length === 0 || names.includes(scenarioFile)) return;
  const message = `${dir} is not empty and holds no scenario: ${choice}.`;
  throw new AppError('invalid_input', message, { details: { path: dir } });
}

/** All that a recorder has left that could not write `scenario.yaml`. */
const isEmptyCalls = (dir: string, name: string): boolean =>
  name === callsFolder && entryKindAt(join(dir, name)) === 'folder' && namesOf(join(dir, name)).length === 0;

function namesOf(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch (cause) {
    const errno = errorCodeOf(cause);
    if (errno === 'ENOENT') return [];
    if (errno !== 'ENOTDIR') throw cannotWrite(dir, cause);
    throw new AppError('invalid_input', `${dir} is not a folder: ${choice}.`, { details: { path: dir } });
  }
}

async function refuseScenarioWithCalls(dir: string): Promise<void> {
  if (!namesOf(dir).includes(scenarioFile)) return;
  const calls = namesIn(join(dir, callsFolder)).filter((name) => !name.startsWith('.')).length;
  const instead = 'choose another folder, or remove this one';
  if (calls > 0) {
    const message = `${dir} holds a scenario with ${countText(calls, 'call')}, which is not written over: ${instead}.`;
    throw new AppError('conflict', message, { details: { path: dir } });
  }
  const { scenario } = await inspectScenario(dir);
  if (scenario !== null) return;
  const message = `${join(dir, scenarioFile)} is not a scenario of this maitred, and is not written over: ${instead}.`;
  throw new AppError('invalid_input', message, { details: { path: dir } });
}

function makeCallsFolder(dir: string): void {
  const calls = join(dir, callsFolder);
  makeUnlessThere(calls, () => mkdirSync(calls, { mode: folderMode }));
}

/** What a repository ignores or converts, such as `dist` and the ends of lines, is part of a scenario as it is. */
const gitFiles = {
  '.gitignore': '# Git keeps all files of the scenario, also those that are ignored elsewhere.\n!*\n',
  '.gitattributes': '# Git keeps them byte by byte.\n* -text\n',
};

/** Makes git keep every file of the scenario as it is. @throws AppError `unavailable` */
export function writeGitFiles(dir: string): void {
  for (const [name, text] of Object.entries(gitFiles)) {
    const path = join(dir, name);
    makeUnlessThere(path, () => writeFileSync(path, text, { flag: 'wx', mode: fileMode }));
  }
}

function makeUnlessThere(path: string, make: () => void): void {
  try {
    make();
  } catch (thrown) {
    if (errorCodeOf(thrown) !== 'EEXIST') throw cannotWrite(path, thrown);
  }
}

/**
 * What recorders have left that were killed, relative to the folder. It must be locked.
 * @throws AppError `unavailable` where it cannot be read
 */
export const crashTracesIn = (dir: string): readonly string[] => [
  ...namesIn(join(dir, callsFolder))
    .filter(isPending)
    .map((name) => `${callsFolder}/${name}`),
  ...namesIn(dir).filter((name) => isTemporary(name) && name !== lockName),
];

/** What making a scenario leaves if it is killed. */
const isTemporary = (name: string): boolean => isOfLock(name, lockName) || name.startsWith(`.${scenarioFile}.`);

/** @throws AppError `unavailable` */
export function removeFolder(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (thrown) {
    throw cannotWrite(path, thrown);
  }
}
