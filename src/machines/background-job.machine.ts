import { assign, setup } from 'xstate';
import { type Fault, toFault } from '../domain/app-error.ts';
import type { BackgroundOutcome } from '../domain/background-job.ts';
import { promiseNotProvided } from './not-provided.ts';

export type BackgroundJobEvent =
  /** Nobody wants it any more, or the server leaves. */
  { type: 'CANCEL' };

export interface BackgroundJobInput {
  /** Under which the work behind the chart is known. */
  readonly workId: number;
  /** For people. */
  readonly name: string;
  readonly timeLimitMs: number;
}

export interface BackgroundJobContext extends BackgroundJobInput {
  /** null while it runs. */
  readonly outcome: BackgroundOutcome | null;
  readonly fault: Fault | null;
}

export interface BackgroundJobOutput {
  readonly outcome: BackgroundOutcome;
  /** Why it failed or timed out. */
  readonly fault: Fault | null;
}

const workNotProvided = () => ({ doWork: promiseNotProvided<void, { workId: number }>('doWork') });

const as = (outcome: BackgroundOutcome) => ({ type: 'keepOutcome' as const, params: { outcome } });

/** @param actors the work; without it the chart can be looked at, but not lived */
export const createBackgroundJobMachine = (actors = workNotProvided()) =>
  setup({
    types: {
      context: {} as BackgroundJobContext,
      input: {} as BackgroundJobInput,
      output: {} as BackgroundJobOutput,
      events: {} as BackgroundJobEvent,
    },
    actors,
    actions: {
      keepOutcome: assign({ outcome: (_, { outcome }: { outcome: BackgroundOutcome }) => outcome }),
      keepFault: assign({ fault: (_, { fault }: { fault: Fault }) => fault }),
    },
    delays: { timeLimit: ({ context }) => context.timeLimitMs },
  }).createMachine({
    id: 'backgroundJob',
    description: 'One piece of work that no call waits for, from its submission to its outcome.',
    options: { maxIterations: 1_000 },
    context: ({ input }) => ({ ...input, outcome: null, fault: null }),
    output: ({ context: { outcome, fault } }) => ({ outcome: outcome ?? 'cancelled', fault }),
    initial: 'running',
    states: {
      running: {
        description: 'Does the work; leaving this state aborts its signal.',
        invoke: {
          id: 'doWork',
          src: 'doWork',
          input: ({ context: { workId } }) => ({ workId }),
          onDone: 'done',
          onError: {
            target: 'failed',
            actions: { type: 'keepFault', params: ({ event }) => ({ fault: toFault(event.error) }) },
          },
        },
        after: {
          timeLimit: {
            target: 'timedOut',
            actions: {
              type: 'keepFault',
              params: ({ context: { name, timeLimitMs } }) => ({
                fault: { code: 'timed_out', message: `${name} took longer than ${timeLimitMs / 1_000} s` },
              }),
            },
          },
        },
        on: { CANCEL: 'cancelled' },
      },
      done: { description: 'It has ended well.', type: 'final', entry: as('done') },
      failed: {
        description: 'It has ended badly; why is in the log and in the pipeline report.',
        type: 'final',
        entry: as('failed'),
      },
      cancelled: {
        description: 'It has been told to stop, and may still be settling.',
        type: 'final',
        entry: as('cancelled'),
      },
      timedOut: {
        description: 'As failed; it has been told to stop, and may still be settling.',
        type: 'final',
        entry: as('timedOut'),
      },
    },
  });

export const backgroundJobMachine = /* @__PURE__ */ createBackgroundJobMachine();
