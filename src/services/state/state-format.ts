import { accessSync, closeSync, constants, openSync, readSync } from 'node:fs';
import { AppError, isAppError } from '../../domain/app-error.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import { type StateFolder, stateFormatVersion } from '../../domain/state-folder.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { writeFileAtomicallySync } from '../platform/files.ts';
import { makeFolderSync } from '../platform/make-folder.ts';

type Folder = Pick<StateFolder, 'dir' | 'formatFile'>;

/**
 * Makes the state folder (0700) and writes its format, or checks the format of an existing one. Several servers may do so at once.
 * @throws AppError `conflict` when the folder holds another format; `unavailable` when it cannot be written
 */
export function checkStateFormat(folder: Folder): void {
  try {
    makeFolderSync(folder.dir);
    accessSync(folder.dir, constants.W_OK);
    // Several servers at once write the same.
    if (readFormat(folder) === '') writeFileAtomicallySync(folder.formatFile, `${stateFormatVersion}\n`);
  } catch (thrown) {
    // Of a folder that is read-only and of another format, the format is the problem.
    if (canRead(folder)) compareStateFormat(folder);
    throw unusable(folder.dir, 'written', thrown);
  }
  compareStateFormat(folder);
}

function canRead(folder: Folder): boolean {
  try {
    readFormat(folder);
    return true;
  } catch {
    return false;
  }
}

/**
 * Checks the format without writing; a folder without one counts as ours.
 * @throws AppError `conflict` when the folder holds another format; `unavailable` when it cannot be read
 */
export function compareStateFormat(folder: Folder): void {
  const found = readFormat(folder);
  if (found === '' || found === String(stateFormatVersion)) return;
  const isNewer = /^[0-9]{1,9}$/.test(found) && Number(found) > stateFormatVersion;
  const fix = `${isNewer ? 'upgrade maitred' : 'move the folder away'} or set MAITRED_STATE_DIR to another folder`;
  const shown = /^[0-9]{1,9}$/.test(found) ? found : encodeJson(found);
  throw new AppError(
    'conflict',
    `${folder.formatFile} says ${shown}; this maitred understands ${stateFormatVersion}: ${fix}`,
    { details: { path: folder.formatFile, understood: stateFormatVersion } },
  );
}

/** A power cut can leave a file empty, or full of NULs: then, as without a file, the format is '' and is written anew. */
function readFormat({ formatFile }: Folder): string {
  let fd: number | null = null;
  try {
    fd = openSync(formatFile, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const bytes = Buffer.alloc(64);
    const text = bytes.toString('utf8', 0, readSync(fd, bytes));
    return /^\0*$/.test(text) && text.length < bytes.length ? '' : text.trim();
  } catch (thrown) {
    if (errorCodeOf(thrown) === 'ENOENT') return '';
    throw unusable(formatFile, 'read', thrown);
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

function unusable(path: string, verb: 'read' | 'written', thrown: unknown): AppError {
  if (isAppError(thrown)) return thrown;
  const fix = 'give this user access to it, or set MAITRED_STATE_DIR to another folder';
  return new AppError('unavailable', `${path} cannot be ${verb} (${errorCodeOf(thrown)}): ${fix}`, {
    details: { path },
    cause: thrown,
  });
}
