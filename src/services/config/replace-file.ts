import { chmod, stat } from 'node:fs/promises';
import { writeFileAtomically } from '../platform/files.ts';
import { realPathOf } from '../platform/real-path.ts';

const permissions = 0o777;

/**
 * Puts a file in place as a whole, as `writeFileAtomically` does, but follows links to their target, as people keep their dotfiles,
 * and keeps the permissions of a file that exists. A new file is its user's alone, unless `newMode` says otherwise.
 * @throws AppError `unavailable`, naming the path; the old file is as it was
 */
export async function replaceFile(path: string, data: string, newMode = 0o600): Promise<void> {
  const target = realPathOf(path);
  const old = await stat(target).catch(() => null);
  await writeFileAtomically(target, data, old === null ? newMode : 0o600);
  if (old !== null && (old.mode & permissions) !== 0o600) await chmod(target, old.mode & permissions);
}
