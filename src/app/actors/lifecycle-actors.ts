import { fromCallback, fromPromise } from 'xstate';
import { type Fault, toFault } from '../../domain/app-error.ts';
import type { EarlySettingsReading } from '../../domain/early-settings.ts';
import type { ShutdownPolicy, ShutdownTrigger } from '../../domain/shutdown-policy.ts';
import type { LifecycleEvent } from '../../machines/lifecycle.setup.ts';
import { createStartupTaskMachine } from '../../machines/startup-task.machine.ts';

/** The work behind the lifecycle chart, as plain functions. */
export interface LifecycleWork {
  watchEnds(ends: readonly ShutdownTrigger[], tell: (event: LifecycleEvent) => void): () => void;
  readEarlySettings(): Promise<EarlySettingsReading>;
  openTransport(): Promise<void>;
  keepHeartbeat(tell: (event: LifecycleEvent) => void): () => void;
  runTask(name: string, signal: AbortSignal): Promise<void>;
  drain(input: { policy: ShutdownPolicy; fault: Fault | null }, signal: AbortSignal): Promise<void>;
  closeTransport(): Promise<void>;
}

/** Dresses the work as actors. */
export function createLifecycleActors(work: LifecycleWork) {
  let startupTask: ReturnType<typeof createStartupTaskMachine> | undefined;
  return {
    watchEnds: fromCallback<LifecycleEvent, { ends: readonly ShutdownTrigger[] }>(({ input, sendBack }) =>
      work.watchEnds(input.ends, sendBack),
    ),
    readEarlySettings: fromPromise<EarlySettingsReading, undefined>(() => work.readEarlySettings()),
    openTransport: fromPromise<void, undefined>(() => work.openTransport()),
    keepHeartbeat: fromCallback<LifecycleEvent, undefined>(({ sendBack }) => {
      try {
        return work.keepHeartbeat(sendBack);
      } catch (problem) {
        sendBack({ type: 'DEGRADED', what: 'the heartbeat', cause: toFault(problem).message });
      }
    }),
    /** Made when the first task is spawned, after the greeting: nothing before the first list needs it. */
    get startupTask() {
      startupTask ??= createStartupTaskMachine({
        runTask: fromPromise<void, { name: string }>(({ input, signal }) => work.runTask(input.name, signal)),
      });
      return startupTask;
    },
    drain: fromPromise<void, { policy: ShutdownPolicy; fault: Fault | null }>(({ input, signal }) =>
      work.drain(input, signal),
    ),
    closeTransport: fromPromise<void, undefined>(() => work.closeTransport()),
  };
}
