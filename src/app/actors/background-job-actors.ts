import { fromPromise } from 'xstate';

/** Dresses the work behind the chart of background work as an actor. */
export function createBackgroundJobActors(doWork: (workId: number, signal: AbortSignal) => Promise<void>) {
  return { doWork: fromPromise<void, { workId: number }>(({ input, signal }) => doWork(input.workId, signal)) };
}
