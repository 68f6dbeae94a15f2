import type { BackgroundStatus } from '../../domain/background-job.ts';

/** Tells others in a file how a piece of work stands. */
export interface StatusFile {
  /** Settles when it stands there, each after the one before. Never rejects: what the disk refuses is told to `onProblem`. */
  say(status: BackgroundStatus): Promise<void>;
}

export interface StatusFileDeps {
  /** Puts the file in place as a whole. @throws AppError `unavailable` */
  writeFileAtomically(path: string, data: string): Promise<void>;
  onProblem(problem: unknown): void;
}

export function createStatusFile(path: string, { writeFileAtomically, onProblem }: StatusFileDeps): StatusFile {
  let written = Promise.resolve();
  return {
    say(status) {
      written = written.then(() => writeFileAtomically(path, `${JSON.stringify(status, null, 2)}\n`)).catch(onProblem);
      return written;
    },
  };
}
