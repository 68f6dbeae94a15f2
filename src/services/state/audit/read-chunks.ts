import type { AuditFiles } from './audit-files.ts';
import type { Pace } from './pace.ts';

export interface Reading {
  readonly files: AuditFiles;
  readonly signal: AbortSignal;
  readonly pace: Pace;
  /** Used again for every chunk of every file, so that reading more does not take more memory. */
  readonly buffer: Buffer;
}

/**
 * The bytes of a file, chunk by chunk; a chunk holds until the next one is asked for. The file is closed when the loop
 * over the chunks is left, in whatever way.
 * @throws the signal's reason within one chunk of its abort; what `AuditFiles` throws
 */
export async function* readChunks({ files, signal, buffer }: Reading, path: string): AsyncGenerator<Buffer, void> {
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
