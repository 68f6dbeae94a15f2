import { fromCallback, fromPromise } from 'xstate';
import { type Fault, toFault } from '../../domain/app-error.ts';
import type { DoorReading } from '../../domain/door-settings.ts';
import type { EndReason, Farewell } from '../../domain/ending.ts';
import type { LifecycleEvent } from '../../machines/lifecycle.setup.ts';
import { createStartupTaskMachine } from '../../machines/startup-task.machine.ts';

/** The work behind the lifecycle chart, as plain functions. */
export interface LifecycleWork {
  watchEnds(ends: readonly EndReason[], tell: (event: LifecycleEvent) => void): () => void;
  readDoorSettings(): Promise<DoorReading>;
  openTransport(): Promise<void>;
  keepSentinel(tell: (event: LifecycleEvent) => void): () => void;
  runTask(name: string, signal: AbortSignal): Promise<void>;
  drain(input: { farewell: Farewell; fault: Fault | null }, signal: AbortSignal): Promise<void>;
  closeTransport(): Promise<void>;
}

/** Dresses the work as actors. */
export function createLifecycleActors(work: LifecycleWork) {
  let startupTask: ReturnType<typeof createStartupTaskMachine> | undefined;
  return {
    watchEnds: fromCallback<LifecycleEvent, { ends: readonly EndReason[] }>(({ input, sendBack }) =>
      work.watchEnds(input.ends, sendBack),
    ),
    readDoorSettings: fromPromise<DoorReading, undefined>(() => work.readDoorSettings()),
    openTransport: fromPromise<void, undefined>(() => work.openTransport()),
    keepSentinel: fromCallback<LifecycleEvent, undefined>(({ sendBack }) => {
      try {
        return work.keepSentinel(sendBack);
      } catch (problem) {
        sendBack({ type: 'DEGRADED', what: 'the sentinel', cause: toFault(problem).message });
      }
    }),
    /** Made when the first task is spawned, after the greeting: nothing before the first list needs it. */
    get startupTask() {
      startupTask ??= createStartupTaskMachine({
        runTask: fromPromise<void, { name: string }>(({ input, signal }) => work.runTask(input.name, signal)),
      });
      return startupTask;
    },
    drain: fromPromise<void, { farewell: Farewell; fault: Fault | null }>(({ input, signal }) =>
      work.drain(input, signal),
    ),
    closeTransport: fromPromise<void, undefined>(() => work.closeTransport()),
  };
}
