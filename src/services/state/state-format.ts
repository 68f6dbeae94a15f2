import { accessSync, closeSync, constants, openSync, readSync } from 'node:fs';
import { AppError, isAppError } from '../../domain/app-error.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import { type StateFolder, stateFolderAt, stateFormatVersion } from '../../domain/state-folder.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { writeFileAtomicallySync } from '../platform/files.ts';
import { makeFolderSync } from '../platform/make-folder.ts';
import { namesIn } from '../platform/unless-missing.ts';

type Folder = Pick<StateFolder, 'dir' | 'formatFile'>;

/**
 * Makes the state folder (0700) and writes its format, or checks the format of an existing one. Several servers may do so at once.
 * @throws AppError `conflict` when the folder holds another format, or the files of something else; `unavailable` when it cannot be written
 */
export function checkStateFormat(folder: Folder): void {
  try {
    makeFolderSync(folder.dir);
    accessSync(folder.dir, constants.W_OK);
    const found = readFormat(folder);
    if (found === null) rejectForeignFolder(folder);
    // Several servers at once write the same.
    if (!found) writeFileAtomicallySync(folder.formatFile, `${stateFormatVersion}\n`);
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
 * Checks the format without writing; a folder without one counts as ours if nothing else is in it.
 * @throws AppError `conflict` when the folder holds another format, or the files of something else; `unavailable` when it cannot be read
 */
export function compareStateFormat(folder: Folder): void {
  const found = readFormat(folder);
  if (found === null) rejectForeignFolder(folder);
  if (!found || found === String(stateFormatVersion)) return;
  const isNewer = /^[0-9]{1,9}$/.test(found) && Number(found) > stateFormatVersion;
  const fix = `${isNewer ? 'upgrade maitred' : 'move the folder away'} or set MAITRED_STATE_DIR to another folder`;
  const shown = /^[0-9]{1,9}$/.test(found) ? found : encodeJson(found);
  throw new AppError(
    'conflict',
    `${folder.formatFile} says ${shown}; this maitred understands ${stateFormatVersion}: ${fix}`,
    { details: { path: folder.formatFile, understood: stateFormatVersion } },
  );
}

/** Old files are removed from the state folder. @throws AppError `conflict` where it holds what maitred does not put into it */
function rejectForeignFolder({ dir }: Folder): void {
  const places = Object.values(stateFolderAt(dir));
  const own = new Set(places.map((path) => path.slice(dir.length + 1).split('/', 1)[0]));
  const other = namesIn(dir).find((name) => !own.has(name) && !alsoOurs.test(name));
  if (other === undefined) return;
  const fix = 'set MAITRED_STATE_DIR to an empty folder, or to one that does not exist';
  throw new AppError('conflict', `${dir} is not a state folder of maitred, and holds other files (${other}): ${fix}`, {
    details: { path: dir },
  });
}

/** Compiled code, unfinished files, and what every new disk has. */
const alsoOurs = /^(code|lost\+found|\..*\.tmp)$/;

/** null without a file. A power cut can leave it empty, or full of NULs: then the format is '' and is written anew. */
function readFormat({ formatFile }: Folder): string | null {
  let fd: number | null = null;
  try {
    fd = openSync(formatFile, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const bytes = Buffer.alloc(64);
    const text = bytes.toString('utf8', 0, readSync(fd, bytes));
    return /^\0*$/.test(text) && text.length < bytes.length ? '' : text.trim();
  } catch (thrown) {
    if (errorCodeOf(thrown) === 'ENOENT') return null;
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
