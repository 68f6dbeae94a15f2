import type { OutputTail, ProcessOutcome, ProcessProgress, ProcessSpec } from '../../../domain/child-process.ts';
import type { StartedBy } from '../../../domain/inspection.ts';
import type { DiskSpace } from './disk-space.ts';
import type { ProcessPipes, SpawnedProcess } from './spawn-process.ts';

/** What a program wrote, and the file that holds it if only the end is given. */
export interface ProcessOutput extends OutputTail {
  /** null where the text is complete, and where the disk had no room for a file. */
  readonly file: string | null;
  /** Set where not all is kept: so many bytes are missing, from the middle if there is a file. Not exact: at least so many; then `sizeBytes` too is a least. */
  readonly dropped?: { readonly bytes: number; readonly isExact: boolean };
}

export interface FinishedProcess extends ProcessOutcome {
  readonly elapsedMs: number;
  readonly stdout: ProcessOutput;
  readonly stderr: ProcessOutput;
  /** The disk that holds the output was full while the program ran, or is: some of it may be missing. */
  readonly isOutputDiskFull: boolean;
  /** That disk, as it was when the program was ended with the reason `diskLow`. */
  readonly lowDisk?: DiskSpace;
}

export interface RunOptions {
  /** Aborted: everything that was started is ended, with SIGTERM first. */
  readonly signal: AbortSignal;
  /** The actor that asked for the program: the inspector shows the program's chart below it. */
  readonly startedBy?: StartedBy;
  /** Called about once a second while the program runs. */
  onProgress?(progress: ProcessProgress): void;
  /** Called when more output is there, at most ten times a second, and once after the end. */
  onOutput?(written: WrittenSoFar): void;
}

/** How much a program has written. */
export interface WrittenSoFar {
  readonly elapsedMs: number;
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
}

export interface ConnectedProgram extends ProcessPipes, Pick<SpawnedProcess, 'pid' | 'exited'> {}

export interface ConnectOptions extends Pick<RunOptions, 'signal' | 'startedBy'> {
  /** It gets the variables of its spec and the owner mark, and none of the server's own. */
  readonly inheritsNothing?: true;
  /** A folder outside of its working directory where it keeps logs that the caller reads. */
  readonly logDir?: string | null;
  /** Called once the program runs, with the other ends of its streams. They must be read: a program waits while a pipe is full. */
  onPipes(program: ConnectedProgram): void;
}

/** Runs programs that end with their caller. maitred starts no program in any other way. */
export interface ChildProcesses {
  /**
   * Runs a program without input and waits until it has ended *and every process that it started is gone*. Processes that it leaves
   * running are ended too, even if they changed session, were re-parented or closed their output. A program that fails, is cancelled or
   * takes too long is an outcome, not an error.
   *
   * @throws AppError `not_found` when the program does not exist; `unavailable` when the machine takes no more processes or the state
   * folder no output, and when what it started could not be ended in time; `invalid_input` for arguments that the system refuses
   *
   * Processes that have overwritten the mark in their environment *and* left session and parents are not found.
   */
  run(spec: ProcessSpec, options: RunOptions): Promise<FinishedProcess>;
}

/** Runs programs that live as long as their caller wants, and talk to it through pipes. They end as those of `ChildProcesses` do. */
export interface ConnectedProcesses {
  /**
   * Runs a program, with all of the server's own variables unless it inherits nothing, and waits until it and everything that it started is gone. It also runs where the
   * server record cannot be written: then the guardian alone ends what a killed server leaves.
   * @throws AppError as `ChildProcesses.run`
   */
  connect(
    spec: Pick<ProcessSpec, 'file' | 'args' | 'label' | 'cwd' | 'env'>,
    options: ConnectOptions,
  ): Promise<ProcessOutcome>;
}
