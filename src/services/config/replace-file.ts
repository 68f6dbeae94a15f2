import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { chmod, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { errorCodeOf } from '../platform/error-code.ts';
import { writeFileAtomically } from '../platform/files.ts';

const permissions = 0o777;

/**
 * Puts a file in place as a whole, as `writeFileAtomically` does, but follows links to their target, as people keep their dotfiles,
 * and keeps the permissions of a file that exists. A new file is its user's alone.
 * @throws AppError `unavailable`, naming the path; the old file is as it was
 */
export async function replaceFile(path: string, data: string): Promise<void> {
  const target = targetOf(path);
  const old = await stat(target).catch(() => null);
  await writeFileAtomically(target, data, 0o600);
  if (old !== null && (old.mode & permissions) !== 0o600) await chmod(target, old.mode & permissions);
}

/** Where a path leads to in the end, also where nothing is there yet. Throws Node's own errors (`ELOOP`, `EACCES`, …). */
export function targetOf(path: string): string {
  try {
    return realpathSync(path);
  } catch (thrown) {
    if (errorCodeOf(thrown) !== 'ENOENT') throw thrown;
    const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    return isLink ? targetOf(resolve(dirname(path), readlinkSync(path))) : path;
  }
}
