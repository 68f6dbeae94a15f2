import type { AuditFiles } from './audit-files.ts';
import type { Pace } from './pace.ts';

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
export async function* readChunks({ files, signal, buffer }: AuditReading, path: string): AsyncGenerator<Buffer, void> {
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
