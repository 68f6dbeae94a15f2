import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { errorCodeOf } from '../platform/error-code.ts';

/** Makes lasting which names a folder holds. Some file systems refuse; there a rename is as lasting as it can be. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await folder.sync();
  } catch (thrown) {
    const code = errorCodeOf(thrown);
    if (code !== 'EINVAL' && code !== 'ENOTSUP') throw thrown;
  } finally {
    await folder.close();
  }
}
