import { lstatSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../domain/app-error.ts';
import { bytesText } from '../../domain/bytes-text.ts';
import { type KeptContent, mostContentBytes } from '../../domain/scenario/scenario.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { openRegularFile } from '../platform/open-regular-file.ts';
import type { ReadCall } from './scenario-reader.ts';

/**
 * What is kept of a content, as it is in its file; empty if nothing is.
 * @throws AppError `invalid_input`, naming the file, where it is missing, too large, or not a file of its own
 */
export async function readContent({ dir }: Pick<ReadCall, 'dir'>, { file }: KeptContent): Promise<Buffer> {
  if (file === undefined) return Buffer.alloc(0);
  const read = await readBoundedFile(dir, file, mostContentBytes);
  if (typeof read === 'object') return read;
  throw new AppError('invalid_input', `${join(dir, file)}: ${read}`, { details: { path: join(dir, file) } });
}

/**
 * Reads a regular file below a folder, to which no link leads: a scenario can come from others.
 * @returns its bytes, or what is wrong with it and what to do
 */
export async function readBoundedFile(dir: string, file: string, mostBytes: number): Promise<Buffer | string> {
  const problem = whyNotReadable(dir, file, mostBytes);
  if (problem !== null) return problem;
  try {
    const opened = await openRegularFile(join(dir, file));
    if (opened === null) return notRegular;
    try {
      return await opened.handle.readFile();
    } finally {
      await opened.handle.close();
    }
  } catch (thrown) {
    return unreadable(thrown);
  }
}

export const missingFile =
  'this file is missing; expected it to be complete; restore it (perhaps git ignores it), or record again';

const notRegular = 'this is not a regular file; expected one; replace it';
const tooLarge = (sizeBytes: number, mostBytes: number): string =>
  `the file has ${bytesText(sizeBytes)}; expected at most ${bytesText(mostBytes)}; shorten it`;

const unreadable = (thrown: unknown): string => {
  const errno = errorCodeOf(thrown);
  if (errno === 'ENOENT' || errno === 'ENOTDIR') return missingFile;
  return `cannot be read (${errno}); expected a file that this user can read; repair or replace it`;
};

/** What is wrong with a file that would be read, and what to do; null: nothing. */
export function whyNotReadable(dir: string, file: string, mostBytes: number): string | null {
  try {
    const real = realpathSync.native(join(dir, file));
    if (real !== join(realpathSync.native(dir), file))
      return 'a link leads to this file; expected no links in a scenario; put the file itself there';
    const stats = lstatSync(real);
    if (!stats.isFile()) return notRegular;
    return stats.size > mostBytes ? tooLarge(stats.size, mostBytes) : null;
  } catch (thrown) {
    return unreadable(thrown);
  }
}
