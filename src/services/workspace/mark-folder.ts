import { lstatSync, readdirSync } from 'node:fs';
import { AppError } from '../../domain/app-error.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { writeFileAtomicallySync } from '../platform/files.ts';
import { makeFolderSync } from '../platform/make-folder.ts';

/**
 * Makes a folder with a marker that says that everything in it may be deleted. The folder must be new or empty, so that no existing file is
 * lost. Twice is safe.
 * @param path absolute
 * @param marker the name of the marker: `safety.reset_guard_marker`
 * @returns whether it was already marked
 * @throws AppError `conflict` for anything but an empty folder, `unavailable` if it cannot be made
 */
export function markFolder(path: string, marker: string, version: string): 'marked' | 'already' {
  const entries = makeFolder(path);
  const markerFile = `${path}/${marker}`;
  const [only] = entries;
  if (entries.length === 1 && only === marker && lstatSync(markerFile).isFile()) return 'already';
  if (entries.length > 0)
    throw new AppError('conflict', `${path} is not empty: name a new folder, or empty this one first.`, {
      details: { path, entries: entries.length },
    });
  const text = `maitred ${version} made this folder on ${new Date().toISOString()}.\nreset_test_dir and reset_workspace may delete everything in it.\n`;
  writeFileAtomicallySync(markerFile, text, 0o644);
  return 'marked';
}

function makeFolder(path: string): string[] {
  try {
    makeFolderSync(path, 0o777);
    return readdirSync(path);
  } catch (cause) {
    const errno = errorCodeOf(cause);
    const more = { details: { path, errno }, cause };
    if (errno === 'EEXIST' || errno === 'ENOTDIR')
      throw new AppError('conflict', `${path} cannot be a folder, because a file is in the way: name another.`, more);
    const fix = 'name a folder that this user may write to';
    throw new AppError('unavailable', `${path} cannot be made or read (${errno}): ${fix}.`, more);
  }
}
