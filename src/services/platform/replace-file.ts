import { chmod, stat } from 'node:fs/promises';
import { writeFileAtomically } from './files.ts';
import { realPathOf } from './real-path.ts';

const permissions = 0o777;

/**
 * Replaces a person's file: as `writeFileAtomically`, but follows links, since people link their dotfiles, and keeps the permissions of an
 * existing file.
 * @param newMode permissions of a file that does not exist yet
 * @throws AppError `unavailable`, naming the path; the old file is unchanged
 */
export async function replaceFile(path: string, data: string, newMode = 0o600): Promise<void> {
  const target = realPathOf(path);
  const old = await stat(target).catch(() => null);
  await writeFileAtomically(target, data, old === null ? newMode : 0o600);
  if (old !== null && (old.mode & permissions) !== 0o600) await chmod(target, old.mode & permissions);
}
