import { and, assertEvent, assign, cancel, raise, setup } from 'xstate';
import type { Fault } from '../domain/app-error.ts';
import type { EarlySettings, EarlySettingsReading } from '../domain/early-settings.ts';
import type { Degradation, Phase } from '../domain/server-record.ts';
import {
  closingReserveMs,
  type ShutdownPolicy,
  type ShutdownSignal,
  type ShutdownTrigger,
  shutdownPolicyFor,
  type TransportKind,
} from '../domain/shutdown-policy.ts';
import {
  areGatingTasksSettled,
  mayRetryTask,
  type StartupTask,
  type StartupTaskRecords,
  tasksThatMayBegin,
  waitingRecords,
  withFollowersGivenUp,
  withTaskBegun,
  withTaskSettled,
} from '../domain/startup-task.ts';
import { defineWork, notProvided, type WorkScope } from './define-work.ts';
import { type createStartupTaskMachine, startupTaskMachine, type TaskSettled } from './startup-task.machine.ts';

export type LifecycleEvent =
  /** The list has been answered, or a request came that only the backend can answer. */
  | { type: 'BACKEND_REQUESTED'; atMs: number }
  | TaskSettled
  /** A call needs a task that has failed. */
  | { type: 'RETRY_TASK'; name: string; atMs: number }
  /** Sent on the edges between none and some only. */
  | { type: 'CALLS_CHANGED'; inFlight: boolean; waiting: boolean }
  /** Something does not work while the rest does. */
  | { type: 'DEGRADED'; what: string; cause: string }
  | { type: 'SHUTDOWN_TRIGGERED'; trigger: ShutdownTrigger; signal?: ShutdownSignal; atMs: number }
  /** An error that was not caught: a defect. */
  | { type: 'CRASHED'; fault: Fault; atMs: number }
  /** What is left of the time is for closing. */
  | { type: 'DRAIN_LIMIT_PASSED' }
  /** The time from the first trigger to the exit is up. */
  | { type: 'DEADLINE_PASSED' };

export interface LifecycleInput {
  readonly transport: TransportKind;
  readonly tasks: readonly StartupTask[];
}

export interface LifecycleContext extends LifecycleInput {
  readonly settings: EarlySettings;
  /** Why the life ends in `failed`. */
  readonly fault: Fault | null;
  readonly phases: readonly Phase[];
  readonly isBackendRequested: boolean;
  readonly records: StartupTaskRecords;
  readonly calls: { readonly inFlight: boolean; readonly waiting: boolean };
  readonly degraded: readonly Degradation[];
  /** What triggered the shutdown, how many signals have come, and by when the process is gone. */
  readonly shutdown: {
    readonly trigger: ShutdownTrigger;
    readonly signals: number;
    readonly deadlineAtMs: number;
  } | null;
}

/** How the process exits. */
export interface LifecycleOutput {
  readonly exitCode: number;
  readonly fault: Fault | null;
}

const startupTaskId = (name: string) => `task.${name}`;

/** During a shutdown the backend is still loaded for calls that wait for it; no other task starts. */
function tasksInTurn(
  { tasks, records, shutdown }: LifecycleContext,
  event: Extract<LifecycleEvent, { type: 'BACKEND_REQUESTED' | 'RETRY_TASK' | 'TASK_SETTLED' }>,
): string[] {
  if (event.type === 'RETRY_TASK') return [event.name];
  if (event.type === 'BACKEND_REQUESTED') return tasksThatMayBegin(tasks, records, null);
  return event.outcome === 'done' && shutdown === null ? tasksThatMayBegin(tasks, records, event.name) : [];
}

/** The work behind the chart. */
export interface LifecycleWork {
  watchShutdownTriggers(
    input: { readonly triggers: readonly ShutdownTrigger[] },
    send: (event: LifecycleEvent) => void,
  ): () => void;
  readEarlySettings(input: undefined): Promise<EarlySettingsReading>;
  openTransport(input: undefined): Promise<void>;
  keepServerRecord(input: undefined, send: (event: LifecycleEvent) => void): () => void;
  drain(input: DrainInput, scope: Pick<WorkScope, 'signal'>): Promise<void>;
  closeTransport(input: undefined): Promise<void>;
}

export interface DrainInput {
  readonly policy: ShutdownPolicy;
  /** What made the server shut down; null for a trigger from outside. */
  readonly fault: Fault | null;
}

export const lifecycleWork = /* @__PURE__ */ defineWork<LifecycleWork>({
  watchShutdownTriggers: 'callback',
  readEarlySettings: 'promise',
  openTransport: 'promise',
  keepServerRecord: 'callback',
  drain: 'promise',
  closeTransport: 'promise',
});

export type LifecycleActors = ReturnType<typeof lifecycleWork.actors> & {
  readonly startupTask: ReturnType<typeof createStartupTaskMachine>;
};

export interface LifecycleImplementation {
  readonly actors: LifecycleActors;
  wireTransport(): void;
}

/** Stand-ins for a chart that is only drawn or explored. */
export const lifecycleNotProvided = (): LifecycleImplementation => ({
  actors: { ...notProvided(lifecycleWork), startupTask: startupTaskMachine },
  wireTransport() {
    throw new Error('the action wireTransport is not provided');
  },
});

/**
 * What each name in the lifecycle chart means. The work is passed in here, because XState's `provide` would build the chart a second time,
 * and there is no millisecond to spare before the first list.
 */
export function setupLifecycle({ actors, wireTransport }: LifecycleImplementation) {
  const named = setup({
    types: {
      context: {} as LifecycleContext,
      input: {} as LifecycleInput,
      output: {} as LifecycleOutput,
      events: {} as LifecycleEvent,
    },
    actors,
    guards: {
      isBackendNotRequested: ({ context }) => !context.isBackendRequested,
      hasFault: ({ context }) => context.fault !== null,
      isReady: ({ context }) => context.fault === null && areGatingTasksSettled(context.records),
      mayRetry: ({ context, event }) =>
        event.type === 'RETRY_TASK' &&
        context.shutdown === null &&
        mayRetryTask(context.records, event.name, event.atMs),
      isSecondSignal: ({ context, event }) =>
        event.type === 'SHUTDOWN_TRIGGERED' && event.trigger === 'signal' && (context.shutdown?.signals ?? 0) > 0,
      hasFaultAndSecondSignal: and(['hasFault', 'isSecondSignal']),
      isSignal: ({ event }) => event.type === 'SHUTDOWN_TRIGGERED' && event.trigger === 'signal',
    },
    delays: {
      readLimit: 5_000,
      openLimit: 5_000,
      closeLimit: 2_000,
      untilDrainLimit: ({ context: { shutdown } }) =>
        Math.max(0, (shutdown?.deadlineAtMs ?? 0) - closingReserveMs - Date.now()),
      untilDeadline: ({ context, event }) => {
        assertEvent(event, ['SHUTDOWN_TRIGGERED', 'CRASHED']);
        return Math.max(0, (context.shutdown?.deadlineAtMs ?? event.atMs) - event.atMs);
      },
    },
  });

  return named.extend({
    actions: {
      /** Makes what the transport needs. */
      wireTransport,
      enterPhase: assign({
        phases: ({ context }, { state }: { state: string }) => [...context.phases, { state, atMs: Date.now() }],
      }),
      keepReading: assign((_, reading: EarlySettingsReading) => reading),
      /** The first fault is the one that is reported. */
      keepFault: assign({ fault: ({ context }, { fault }: { fault: Fault }) => context.fault ?? fault }),
      rememberCalls: assign({
        calls: (_, { inFlight, waiting }: LifecycleContext['calls']) => ({ inFlight, waiting }),
      }),
      rememberDegradation: assign({
        degraded: ({ context }, { what, cause }: Degradation) => [...context.degraded, { what, cause }],
      }),
      expectTasks: assign({
        records: ({ context: { fault, tasks } }) => (fault === null ? waitingRecords(tasks) : {}),
      }),
      /** Not before the backend is requested: making these actors would cost the first list a millisecond. */
      startDeferredInit: named.enqueueActions(({ context, enqueue }) => {
        enqueue.assign({ isBackendRequested: true });
        enqueue.spawnChild('keepServerRecord', { id: 'keepServerRecord' });
        for (const task of context.tasks)
          if (context.records[task.name] !== undefined)
            enqueue.spawnChild('startupTask', { id: startupTaskId(task.name), input: task });
      }),
      /** Starts the tasks whose turn has come with this event. */
      beginTasks: named.enqueueActions(({ context, event, enqueue }) => {
        assertEvent(event, ['BACKEND_REQUESTED', 'RETRY_TASK', 'TASK_SETTLED']);
        for (const name of tasksInTurn(context, event)) {
          enqueue.assign({ records: ({ context: now }) => withTaskBegun(now.records, name, event.atMs) });
          enqueue.sendTo(startupTaskId(name), { type: 'BEGIN' });
        }
      }),
      keepOutcome: assign({
        records: ({ context, event }) => {
          assertEvent(event, 'TASK_SETTLED');
          return withTaskSettled(context.records, event.name, event.outcome, event.cause, event.atMs);
        },
      }),
      /** Tasks that follow a failed task cannot start. */
      giveUpFollowers: assign({
        records: ({ context: { tasks, records }, event }) => {
          assertEvent(event, 'TASK_SETTLED');
          const { name, outcome, cause, atMs } = event;
          if (outcome === 'done') return records;
          return withFollowersGivenUp(tasks, records, name, `${name} has failed: ${cause}`, atMs);
        },
      }),
      stopDeferredInit: named.enqueueActions(({ context, enqueue }) => {
        for (const name of Object.keys(context.records)) enqueue.stopChild(startupTaskId(name));
        enqueue.stopChild('keepServerRecord');
      }),
      rememberTrigger: assign({
        shutdown: ({ context: { settings }, event }) => {
          assertEvent(event, ['SHUTDOWN_TRIGGERED', 'CRASHED']);
          const trigger = event.type === 'SHUTDOWN_TRIGGERED' ? event.trigger : 'crashed';
          return {
            trigger,
            signals: trigger === 'signal' ? 1 : 0,
            deadlineAtMs: event.atMs + shutdownPolicyFor(trigger, settings.drainMs).hardDeadlineMs,
          };
        },
      }),
      /** A first signal after another trigger only brings the deadline nearer. */
      rememberSignal: assign({
        shutdown: ({ context: { shutdown, settings }, event }) => {
          assertEvent(event, 'SHUTDOWN_TRIGGERED');
          const deadlineAtMs = event.atMs + shutdownPolicyFor('signal', settings.drainMs).hardDeadlineMs;
          return (
            shutdown && {
              ...shutdown,
              signals: shutdown.signals + 1,
              deadlineAtMs: Math.min(shutdown.deadlineAtMs, deadlineAtMs),
            }
          );
        },
      }),
      /** A second signal leaves time to close, and none to wait. */
      shortenDeadline: assign({
        shutdown: ({ context: { shutdown }, event }) => {
          assertEvent(event, 'SHUTDOWN_TRIGGERED');
          return (
            shutdown && { ...shutdown, deadlineAtMs: Math.min(shutdown.deadlineAtMs, event.atMs + closingReserveMs) }
          );
        },
      }),
      armDeadline: raise({ type: 'DEADLINE_PASSED' }, { id: 'deadline', delay: 'untilDeadline' }),
      disarmDeadline: cancel('deadline'),
      armDrainLimit: raise({ type: 'DRAIN_LIMIT_PASSED' }, { id: 'drainLimit', delay: 'untilDrainLimit' }),
      disarmDrainLimit: cancel('drainLimit'),
    },
  });
}
