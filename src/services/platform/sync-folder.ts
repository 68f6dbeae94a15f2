import { closeSync, constants, fsyncSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { errorCodeOf } from './error-code.ts';

const { O_RDONLY, O_DIRECTORY } = constants;

/** Syncs the names in a folder to the disk. File systems that refuse this are left as they are. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, O_RDONLY | O_DIRECTORY);
  await folder
    .sync()
    .catch(ignoreRefusal)
    .finally(() => folder.close());
}

/** The same, blocking. */
export function syncFolderNow(path: string): void {
  const fd = openSync(path, O_RDONLY | O_DIRECTORY);
  try {
    fsyncSync(fd);
  } catch (thrown) {
    ignoreRefusal(thrown);
  } finally {
    closeSync(fd);
  }
}

function ignoreRefusal(thrown: unknown): void {
  const errno = errorCodeOf(thrown);
  if (errno !== 'EINVAL' && errno !== 'ENOTSUP') throw thrown;
}
