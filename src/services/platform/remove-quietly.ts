import { rmSync } from 'node:fs';

/** Removes a file where another error matters more than this one. Twice is safe. Never throws. */
export function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The file stays, or a folder has its name.
  }
}
