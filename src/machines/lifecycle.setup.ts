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
import { actionNotProvided, callbackNotProvided, promiseNotProvided } from './not-provided.ts';
import { createStartupTaskMachine, type TaskSettled } from './startup-task.machine.ts';

export type LifecycleEvent =
  /** The client has been greeted, or asks for something that the door cannot answer. */
  | { type: 'BACKEND_REQUESTED'; atMs: number }
  | TaskSettled
  /** A call needs a task that has failed. */
  | { type: 'RETRY_TASK'; name: string; atMs: number }
  /** Sent on the edges between none and some only. */
  | { type: 'CALLS_CHANGED'; inFlight: boolean; waiting: boolean }
  /** Something does not work while the rest does. */
  | { type: 'DEGRADED'; what: string; cause: string }
  /** A reason to leave has come. */
  | { type: 'SHUTDOWN_TRIGGERED'; reason: ShutdownTrigger; signal?: ShutdownSignal; atMs: number }
  /** Nobody caught an error: a defect. */
  | { type: 'CRASHED'; fault: Fault; atMs: number }
  /** The time from the first reason to the exit is up. */
  | { type: 'DEADLINE_PASSED' };

export interface LifecycleInput {
  readonly transport: TransportKind;
  readonly tasks: readonly StartupTask[];
}

export interface LifecycleContext extends LifecycleInput {
  readonly settings: EarlySettings;
  /** What makes the end `failed`. */
  readonly fault: Fault | null;
  readonly phases: readonly Phase[];
  /** The client has its list, or has asked for more than the door can answer. */
  readonly isBackendRequested: boolean;
  readonly records: StartupTaskRecords;
  readonly calls: { readonly inFlight: boolean; readonly waiting: boolean };
  readonly degraded: readonly Degradation[];
  /** Why the server leaves, how many signals have come, and when it is gone at the latest. */
  readonly end: { readonly reason: ShutdownTrigger; readonly signals: number; readonly deadlineAtMs: number } | null;
}

/** What the program's exit says. */
export interface LifecycleOutput {
  readonly exitCode: number;
  readonly fault: Fault | null;
}

const startupTaskId = (name: string) => `task.${name}`;

/** A server that leaves still opens the kitchen for calls that wait for it, and begins nothing else. */
function tasksInTurn(
  { tasks, records, end }: LifecycleContext,
  event: Extract<LifecycleEvent, { type: 'BACKEND_REQUESTED' | 'RETRY_TASK' | 'TASK_SETTLED' }>,
): string[] {
  if (event.type === 'RETRY_TASK') return [event.name];
  if (event.type === 'BACKEND_REQUESTED') return tasksThatMayBegin(tasks, records, null);
  return event.outcome === 'done' && end === null ? tasksThatMayBegin(tasks, records, event.name) : [];
}

/** Stand in for the work until the app gives it. */
const workNotProvided = () => ({
  actors: {
    watchEnds: callbackNotProvided<LifecycleEvent, { ends: readonly ShutdownTrigger[] }>('watchEnds'),
    readEarlySettings: promiseNotProvided<EarlySettingsReading>('readEarlySettings'),
    openTransport: promiseNotProvided<void>('openTransport'),
    keepHeartbeat: callbackNotProvided<LifecycleEvent>('keepHeartbeat'),
    startupTask: createStartupTaskMachine(),
    drain: promiseNotProvided<void, { policy: ShutdownPolicy; fault: Fault | null }>('drain'),
    closeTransport: promiseNotProvided<void>('closeTransport'),
  },
  wireTransport: actionNotProvided('wireTransport') as () => void,
});

/**
 * Names and their meaning: what the lifecycle chart speaks of, with the work behind the names. XState's own `provide`
 * would build the chart a second time, and the door has no millisecond to spare.
 */
export function setupLifecycle({ actors, wireTransport } = workNotProvided()) {
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
        event.type === 'RETRY_TASK' && context.end === null && mayRetryTask(context.records, event.name, event.atMs),
      isSecondSignal: ({ context, event }) =>
        event.type === 'SHUTDOWN_TRIGGERED' && event.reason === 'signal' && (context.end?.signals ?? 0) > 0,
      hasFaultAndSecondSignal: and(['hasFault', 'isSecondSignal']),
      isSignal: ({ event }) => event.type === 'SHUTDOWN_TRIGGERED' && event.reason === 'signal',
    },
    delays: {
      readLimit: 5_000,
      openLimit: 5_000,
      closeLimit: 2_000,
      drainLimit: ({ context: { end } }) => Math.max(0, (end?.deadlineAtMs ?? 0) - closingReserveMs - Date.now()),
      untilDeadline: ({ context, event }) => {
        assertEvent(event, ['SHUTDOWN_TRIGGERED', 'CRASHED']);
        return Math.max(0, (context.end?.deadlineAtMs ?? event.atMs) - event.atMs);
      },
    },
  });

  return named.extend({
    actions: {
      /** Joins the parts that the transport needs. */
      wireTransport,
      enterPhase: assign({
        phases: ({ context }, { state }: { state: string }) => [...context.phases, { state, atMs: Date.now() }],
      }),
      keepReading: assign((_, reading: EarlySettingsReading) => reading),
      /** The first fault is the one that is told. */
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
      /** Not before the client has been greeted: making their actors would cost the first list a millisecond. */
      startDeferredInit: named.enqueueActions(({ context, enqueue }) => {
        enqueue.assign({ isBackendRequested: true });
        enqueue.spawnChild('keepHeartbeat', { id: 'keepHeartbeat' });
        for (const task of context.tasks)
          if (context.records[task.name] !== undefined)
            enqueue.spawnChild('startupTask', { id: startupTaskId(task.name), input: task });
      }),
      /** Begins the tasks whose turn has come with this event. */
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
      /** What follows a task that has failed cannot begin. */
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
        enqueue.stopChild('keepHeartbeat');
      }),
      rememberEnd: assign({
        end: ({ context: { settings }, event }) => {
          assertEvent(event, ['SHUTDOWN_TRIGGERED', 'CRASHED']);
          const reason = event.type === 'SHUTDOWN_TRIGGERED' ? event.reason : 'crashed';
          return {
            reason,
            signals: reason === 'signal' ? 1 : 0,
            deadlineAtMs: event.atMs + shutdownPolicyFor(reason, settings.drainMs).hardDeadlineMs,
          };
        },
      }),
      /** A first signal after another reason only brings the deadline nearer. */
      rememberSignal: assign({
        end: ({ context: { end, settings }, event }) => {
          assertEvent(event, 'SHUTDOWN_TRIGGERED');
          const deadlineAtMs = event.atMs + shutdownPolicyFor('signal', settings.drainMs).hardDeadlineMs;
          return end && { ...end, signals: end.signals + 1, deadlineAtMs: Math.min(end.deadlineAtMs, deadlineAtMs) };
        },
      }),
      /** A second signal leaves time to close, and none to wait for anybody. */
      hurry: assign({
        end: ({ context: { end }, event }) => {
          assertEvent(event, 'SHUTDOWN_TRIGGERED');
          return end && { ...end, deadlineAtMs: Math.min(end.deadlineAtMs, event.atMs + closingReserveMs) };
        },
      }),
      armDeadline: raise({ type: 'DEADLINE_PASSED' }, { id: 'deadline', delay: 'untilDeadline' }),
      disarmDeadline: cancel('deadline'),
    },
  });
}
