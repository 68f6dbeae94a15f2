import { fromCallback, fromPromise } from 'xstate';
import type { EndingLimits, ProcessExit, ProcessesEnded } from '../../domain/child-process.ts';
import type { ChildProcessEvent } from '../../machines/child-process.machine.ts';

/** The work behind the chart of a child process, as plain functions. */
export interface ChildProcessWork {
  spawnProcess(workId: number): Promise<void>;
  waitForExit(workId: number): Promise<void>;
  watchOutput(workId: number, tell: (event: ChildProcessEvent) => void): () => void;
  endProcesses(
    workId: number,
    limits: EndingLimits,
    signal: AbortSignal,
  ): Promise<ProcessesEnded & { readonly exit: ProcessExit }>;
}

/** Dresses the work as actors. */
export function createChildProcessActors(work: ChildProcessWork) {
  return {
    spawnProcess: fromPromise<void, { workId: number }>(({ input }) => work.spawnProcess(input.workId)),
    waitForExit: fromPromise<void, { workId: number }>(({ input }) => work.waitForExit(input.workId)),
    watchOutput: fromCallback<ChildProcessEvent, { workId: number }>(({ input, sendBack }) =>
      work.watchOutput(input.workId, sendBack),
    ),
    endProcesses: fromPromise<ProcessesEnded & { exit: ProcessExit }, { workId: number; limits: EndingLimits }>(
      ({ input, signal }) => work.endProcesses(input.workId, input.limits, signal),
    ),
  };
}
