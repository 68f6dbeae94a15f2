import { assign, sendParent, setup } from 'xstate';
import { toFault } from '../domain/app-error.ts';
import type { StartupTask, StartupTaskOutcome } from '../domain/startup-task.ts';
import { promiseNotProvided } from './not-provided.ts';

export type StartupTaskEvent =
  /** Its turn has come, for the first time or again. */
  { type: 'BEGIN' };

/** What the task says to the lifecycle each time it has settled. */
export interface TaskSettled {
  readonly type: 'TASK_SETTLED';
  readonly name: string;
  readonly outcome: StartupTaskOutcome;
  readonly cause: string | null;
  readonly atMs: number;
}

export interface StartupTaskContext {
  readonly task: StartupTask;
  readonly cause: string | null;
}

const workNotProvided = () => ({ runTask: promiseNotProvided<void, { name: string }>('runTask') });

/** @param actors the work; without it the chart can be looked at, but not lived */
export const createStartupTaskMachine = (actors = workNotProvided()) =>
  setup({
    types: {
      context: {} as StartupTaskContext,
      input: {} as StartupTask,
      events: {} as StartupTaskEvent,
    },
    actors,
    actions: {
      keepCause: assign({ cause: (_, params: { cause: string }) => params.cause }),
      forgetCause: assign({ cause: null }),
      tellLifecycle: sendParent(
        ({ context: { task, cause } }, { outcome }: { outcome: StartupTaskOutcome }): TaskSettled => ({
          type: 'TASK_SETTLED',
          name: task.name,
          outcome,
          cause,
          atMs: Date.now(),
        }),
      ),
    },
    delays: { timeLimit: ({ context }) => context.task.timeLimitMs },
  }).createMachine({
    id: 'startupTask',
    description: 'One piece of slow work behind the open door, from its turn to its outcome.',
    options: { maxIterations: 1_000 },
    context: ({ input }) => ({ task: input, cause: null }),
    initial: 'waiting',
    states: {
      waiting: {
        description: 'Waits for its turn: the greeting of the client, or the task that it follows.',
        on: { BEGIN: 'running' },
      },
      running: {
        description: 'Does the work; past its limit the signal is aborted.',
        entry: 'forgetCause',
        invoke: {
          id: 'runTask',
          src: 'runTask',
          input: ({ context }) => ({ name: context.task.name }),
          onDone: 'done',
          onError: {
            target: 'failed',
            actions: { type: 'keepCause', params: ({ event }) => ({ cause: toFault(event.error).message }) },
          },
        },
        after: {
          timeLimit: {
            target: 'timedOut',
            actions: {
              type: 'keepCause',
              params: ({ context: { task } }) => ({
                cause: `${task.description} took longer than ${task.timeLimitMs / 1_000} s`,
              }),
            },
          },
        },
      },
      done: {
        description: 'Whoever needs it may run.',
        type: 'final',
        entry: { type: 'tellLifecycle', params: { outcome: 'done' } },
      },
      failed: {
        description: 'Whoever needs it is told why; a call may have it tried again.',
        entry: { type: 'tellLifecycle', params: { outcome: 'failed' } },
        on: { BEGIN: 'running' },
      },
      timedOut: {
        description: 'As failed; the work has been told to stop and may still be settling.',
        entry: { type: 'tellLifecycle', params: { outcome: 'timedOut' } },
        on: { BEGIN: 'running' },
      },
    },
  });

export const startupTaskMachine = /* @__PURE__ */ createStartupTaskMachine();
