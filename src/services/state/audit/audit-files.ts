import { AppError } from '../../../domain/app-error.ts';
import { errorCodeOf } from '../../platform/error-code.ts';
import { openRegularFile } from '../../platform/open-regular-file.ts';
import type { Pace } from '../../platform/pace.ts';

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
    const fail = (cause: unknown): never => {
      throw cannotRead(path, cause);
    };
    const file = await openRegularFile(path).catch(fail);
    if (file === null)
      throw new AppError('unavailable', `${path} is not a regular file; move it away.`, { details: { path } });
    const { handle } = file;
    return {
      read: async (buffer) => (await handle.read(buffer, 0, buffer.length, null).catch(fail)).bytesRead,
      close: () => handle.close(),
    };
  },
};

/** What one reading of the audit uses. */
export interface AuditReading {
  readonly files: AuditFiles;
  readonly signal: AbortSignal;
  readonly pace: Pace;
  /** Reused for every chunk of every file, so that reading more takes no more memory. */
  readonly buffer: Buffer;
}

/**
 * The bytes of a file, chunk by chunk; a chunk is valid until the next one. The file is closed however the loop over the chunks ends.
 * @throws the signal's reason within one chunk of its abort; what `AuditFiles` throws
 */
export async function* readChunks(
  { files, signal, buffer }: Omit<AuditReading, 'pace'>,
  path: string,
): AsyncGenerator<Buffer, void> {
  signal.throwIfAborted();
  const file = await files.open(path);
  try {
    for (;;) {
      signal.throwIfAborted();
      const sizeBytes = await file.read(buffer);
      if (sizeBytes === 0) return;
      yield buffer.subarray(0, sizeBytes);
    }
  } finally {
    await file.close();
  }
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
