import { closeSync, constants, fsyncSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { errorCodeOf } from './error-code.ts';

const { O_RDONLY, O_DIRECTORY } = constants;

/** Makes lasting which names a folder holds. Some file systems refuse; there a rename is as lasting as it can be. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, O_RDONLY | O_DIRECTORY);
  try {
    await folder.sync();
  } catch (thrown) {
    passOverRefusal(thrown);
  } finally {
    await folder.close();
  }
}

/** The same, blocking. */
export function syncFolderNow(path: string): void {
  const fd = openSync(path, O_RDONLY | O_DIRECTORY);
  try {
    fsyncSync(fd);
  } catch (thrown) {
    passOverRefusal(thrown);
  } finally {
    closeSync(fd);
  }
}

function passOverRefusal(thrown: unknown): void {
  const errno = errorCodeOf(thrown);
  if (errno !== 'EINVAL' && errno !== 'ENOTSUP') throw thrown;
}
