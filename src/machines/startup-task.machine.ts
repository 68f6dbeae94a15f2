import { assign, sendParent, setup } from 'xstate';
import { toFault } from '../domain/app-error.ts';
import type { StartupTask, StartupTaskOutcome } from '../domain/startup-task.ts';
import { type ActorsOf, defineWork, notProvided, type WorkScope } from './define-work.ts';

export type StartupTaskEvent =
  /** Its turn has come, for the first time or again. */
  { type: 'BEGIN' };

/** What the task sends to the lifecycle each time it has settled. */
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

export interface StartupTaskWork {
  runTask(input: { readonly name: string }, scope: Pick<WorkScope, 'signal'>): Promise<void>;
}

export const startupTaskWork = /* @__PURE__ */ defineWork<StartupTaskWork>({ runTask: 'promise' });

export const createStartupTaskMachine = (actors: ActorsOf<StartupTaskWork>) =>
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
      notifyLifecycle: sendParent(
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
    description: 'One slow task of the start, done after the transport is open: from its turn to its outcome.',
    options: { maxIterations: 1_000 },
    context: ({ input }) => ({ task: input, cause: null }),
    initial: 'waiting',
    states: {
      waiting: {
        description: 'Waits for its turn: the request for the backend, or the task that it follows.',
        on: { BEGIN: 'running' },
      },
      running: {
        description: 'Does the work. Past its time limit the signal is aborted.',
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
        description: 'Calls that need the task may run.',
        type: 'final',
        entry: { type: 'notifyLifecycle', params: { outcome: 'done' } },
      },
      failed: {
        description: 'Calls that need the task get the reason; a call may start it again.',
        entry: { type: 'notifyLifecycle', params: { outcome: 'failed' } },
        on: { BEGIN: 'running' },
      },
      timedOut: {
        description: 'Handled as failed. Its work is aborted and may still be ending.',
        entry: { type: 'notifyLifecycle', params: { outcome: 'timedOut' } },
        on: { BEGIN: 'running' },
      },
    },
  });

/** To be drawn and explored, not run. */
export const startupTaskMachine = /* @__PURE__ */ createStartupTaskMachine(
  /* @__PURE__ */ notProvided(startupTaskWork),
);
