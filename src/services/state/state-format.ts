import { accessSync, closeSync, constants, openSync, readSync, writeFileSync } from 'node:fs';
import { AppError, isAppError } from '../../domain/app-error.ts';
import { type StateFolder, stateFormatVersion } from '../../domain/state-folder.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { makeFolderSync } from '../platform/make-folder.ts';

type Folder = Pick<StateFolder, 'dir' | 'formatFile'>;

/**
 * Makes the state folder (0700) and says its format, or compares with what it says. Several servers may do so at once.
 * @throws AppError `conflict` when the folder holds another format; `unavailable` when it cannot be written
 */
export function checkStateFormat(folder: Folder): void {
  try {
    makeFolderSync(folder.dir);
    sayFormat(folder);
    accessSync(folder.dir, constants.W_OK);
  } catch (thrown) {
    throw unusable(folder.dir, 'written', thrown);
  }
  compareStateFormat(folder);
}

/**
 * Compares without writing; a folder that says nothing yet is taken for ours.
 * @throws AppError `conflict` when the folder holds another format; `unavailable` when it cannot be read
 */
export function compareStateFormat(folder: Folder): void {
  const said = readFormat(folder);
  if (said === '' || said === String(stateFormatVersion)) return;
  const isNewer = /^[0-9]{1,9}$/.test(said) && Number(said) > stateFormatVersion;
  const mend = `${isNewer ? 'upgrade maitred' : 'move the folder away'} or set MAITRED_STATE_DIR to another folder`;
  const shown = /^[0-9]{1,9}$/.test(said) ? said : JSON.stringify(said);
  throw new AppError(
    'conflict',
    `${folder.formatFile} says ${shown}; this maitred understands ${stateFormatVersion}: ${mend}`,
    { details: { path: folder.formatFile, understood: stateFormatVersion } },
  );
}

/** An empty file is one whose writer died, or is about to write the same. */
function sayFormat(folder: Folder): void {
  const text = `${stateFormatVersion}\n`;
  try {
    writeFileSync(folder.formatFile, text, { flag: 'wx', mode: 0o600 });
  } catch (thrown) {
    if (errorCodeOf(thrown) !== 'EEXIST') throw thrown;
    if (readFormat(folder) === '') writeFileSync(folder.formatFile, text, { flag: 'r+' });
  }
}

function readFormat({ formatFile }: Folder): string {
  let fd: number | null = null;
  try {
    fd = openSync(formatFile, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const bytes = Buffer.alloc(64);
    return bytes.toString('utf8', 0, readSync(fd, bytes)).trim();
  } catch (thrown) {
    if (errorCodeOf(thrown) === 'ENOENT') return '';
    throw unusable(formatFile, 'read', thrown);
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

function unusable(path: string, done: 'read' | 'written', thrown: unknown): AppError {
  if (isAppError(thrown)) return thrown;
  const mend = 'give this user access to it, or set MAITRED_STATE_DIR to another folder';
  return new AppError('unavailable', `${path} cannot be ${done} (${errorCodeOf(thrown)}): ${mend}`, {
    details: { path },
    cause: thrown,
  });
}
