import type { BackgroundStatus } from '../../domain/background-job.ts';

/** A file that shows the status of a background job to other programs. */
export interface StatusFile {
  /** Replaces the file as a whole; several calls are written in order. Never rejects: errors of the disk go to `onProblem`. */
  write(status: BackgroundStatus): Promise<void>;
}

export interface StatusFileDeps {
  /** Writes the file as a whole. @throws AppError `unavailable` */
  writeFileAtomically(path: string, data: string): Promise<void>;
  onProblem(problem: unknown): void;
}

export function createStatusFile(path: string, { writeFileAtomically, onProblem }: StatusFileDeps): StatusFile {
  let written = Promise.resolve();
  return {
    write(status) {
      written = written.then(() => writeFileAtomically(path, `${JSON.stringify(status, null, 2)}\n`)).catch(onProblem);
      return written;
    },
  };
}
