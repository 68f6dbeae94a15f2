import { stat } from 'node:fs/promises';
import { AppError } from '../../domain/app-error.ts';
import { cannotWrite } from '../../services/platform/cannot-write.ts';
import { replaceFile } from '../../services/platform/replace-file.ts';

/**
 * Writes what a command was asked to put into a file, as a whole: the old file stays until the new one is there, and its permissions are kept.
 * @throws AppError `invalid_input` for what is no file, such as a folder or a device; `unavailable` where it cannot be written
 */
export async function writeOutput(file: string, text: string): Promise<void> {
  const old = await stat(file).catch(() => null);
  if (old !== null && !old.isFile())
    throw new AppError('invalid_input', `${file} is no regular file; leave out --out, and stdout can go anywhere`);
  await replaceFile(file, text, 0o666).catch((thrown: unknown) => {
    throw thrown instanceof AppError ? thrown : cannotWrite(file, thrown);
  });
}
