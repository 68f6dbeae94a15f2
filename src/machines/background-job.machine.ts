import { assign, setup } from 'xstate';
import { type Fault, toFault } from '../domain/app-error.ts';
import type { BackgroundOutcome } from '../domain/background-job.ts';
import { type ActorsOf, defineWork, notProvided, type WorkScope } from './define-work.ts';

export type BackgroundJobEvent =
  /** Its result is no longer needed, or the server shuts down. */
  { type: 'CANCEL' };

export interface BackgroundJobInput {
  /** The runner's number for this job. */
  readonly jobId: number;
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

export interface BackgroundJobWork {
  runJob(input: { readonly jobId: number }, scope: WorkScope): Promise<void>;
}

export const backgroundJobWork = /* @__PURE__ */ defineWork<BackgroundJobWork>({ runJob: 'promise' });

const as = (outcome: BackgroundOutcome) => ({ type: 'keepOutcome' as const, params: { outcome } });

export const createBackgroundJobMachine = (actors: ActorsOf<BackgroundJobWork>) =>
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
    description: 'One job that no call waits for, from its submission to its outcome.',
    options: { maxIterations: 1_000 },
    context: ({ input }) => ({ ...input, outcome: null, fault: null }),
    output: ({ context: { outcome, fault } }) => ({ outcome: outcome ?? 'cancelled', fault }),
    initial: 'running',
    states: {
      running: {
        description: 'Runs the job. Leaving this state aborts its signal.',
        invoke: {
          id: 'runJob',
          src: 'runJob',
          input: ({ context: { jobId } }) => ({ jobId }),
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
      done: { description: 'The job finished.', type: 'final', entry: as('done') },
      failed: {
        description: 'The job failed; the log and the pipeline report say why.',
        type: 'final',
        entry: as('failed'),
      },
      cancelled: {
        description: 'The job was cancelled; its work may still be ending.',
        type: 'final',
        entry: as('cancelled'),
      },
      timedOut: {
        description: 'The job ran out of time; its work may still be ending.',
        type: 'final',
        entry: as('timedOut'),
      },
    },
  });

/** To be drawn and explored, not run. */
export const backgroundJobMachine = /* @__PURE__ */ createBackgroundJobMachine(
  /* @__PURE__ */ notProvided(backgroundJobWork),
);
