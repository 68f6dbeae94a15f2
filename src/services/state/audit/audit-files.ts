import type { FileHandle } from 'node:fs/promises';
import { AppError } from '../../../domain/app-error.ts';
import { errorCodeOf } from '../../platform/error-code.ts';
import { type OpenFile, openRegularFile } from '../../platform/open-regular-file.ts';

/** A file that is open for reading. */
export interface AuditFile {
  /**
   * Fills the buffer from where the last read ended.
   * @returns the number of bytes that were read; 0 at the end of the file
   * @throws AppError `unavailable`, naming the file
   */
  read(buffer: Buffer): Promise<number>;
  /** Must be called once, also after an error. */
  close(): Promise<void>;
}

/** How the audit opens files. */
export interface AuditFiles {
  /**
   * Opens a regular file for reading. Links are not followed, and a pipe or a device does not make it wait.
   * @throws AppError `not_found` where nothing has that name; `unavailable` for every other cause
   */
  open(path: string): Promise<AuditFile>;
}

export const auditFiles: AuditFiles = {
  async open(path) {
    const handle = await openForReading(path);
    return {
      async read(buffer) {
        try {
          return (await handle.read(buffer, 0, buffer.length, null)).bytesRead;
        } catch (error) {
          throw cannotRead(path, error);
        }
      },
      close: () => handle.close(),
    };
  },
};

async function openForReading(path: string): Promise<FileHandle> {
  let file: OpenFile | null;
  try {
    file = await openRegularFile(path);
  } catch (error) {
    throw cannotRead(path, error);
  }
  if (file !== null) return file.handle;
  throw new AppError('unavailable', `${path} is not a regular file; move it away.`, { details: { path } });
}

const fixes: Readonly<Record<string, string>> = {
  EACCES: 'let this user read it and enter the folders above it',
  ELOOP: 'it is a symbolic link, put the file itself there',
  ENOTDIR: 'a file is where a folder must be, move that away',
  EMFILE: 'too many files are open, raise the limit (ulimit -n)',
};

function cannotRead(path: string, cause: unknown): AppError {
  const errno = errorCodeOf(cause);
  const options = { details: { path, errno }, cause };
  if (errno === 'ENOENT') return new AppError('not_found', `${path} does not exist.`, options);
  const fix = fixes[errno] ?? 'check the disk';
  return new AppError('unavailable', `${path} cannot be read (${errno}): ${fix}.`, options);
}
