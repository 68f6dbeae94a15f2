import { assign, setup } from 'xstate';
import { type Fault, toFault } from '../domain/app-error.ts';
import type { ProcessExit, ProcessOutcome, StopReason } from '../domain/child-process.ts';
import { type ActorsOf, defineWork, notProvided, type WorkScope } from './define-work.ts';

export type ReplayedProcessEvent =
  /** Its result is no longer needed. The first STOP counts, if the program has not ended by itself. */
  { type: 'STOP'; reason: StopReason };

/** How the recorded program ended. */
export interface RecordedEnd {
  /** `cancelled`: its caller ended it, so the replayed one waits for its caller too. */
  readonly reason: StopReason;
  readonly exit: ProcessExit;
  readonly others: number;
}

export interface ReplayedProcessInput {
  /** The runner's number for this program. */
  readonly processId: number;
  /** The step that answers it, for people: `0003-run_cmd/1`. */
  readonly step: string;
  readonly recorded: RecordedEnd;
  readonly timeLimitMs: number;
}

export interface ReplayedProcessContext extends ReplayedProcessInput {
  /** Why it ends; null: it has not ended, and nobody has asked for that. */
  readonly stop: StopReason | null;
  readonly fault: Fault | null;
}

/** A fault means that the step does not answer this program, or could not be played. */
export type ReplayedProcessOutput = ProcessOutcome & { readonly fault: Fault | null };

interface ProcessRef {
  readonly processId: number;
}

export interface ReplayedProcessWork {
  playOutput(input: ProcessRef, scope: WorkScope): Promise<void>;
  writeFiles(input: ProcessRef, scope: WorkScope): Promise<void>;
}

export const replayedProcessWork = /* @__PURE__ */ defineWork<ReplayedProcessWork>({
  playOutput: 'promise',
  writeFiles: 'promise',
});

const because = (reason: StopReason) => ({ type: 'rememberStop' as const, params: { reason } });
const refOf = ({ context: { processId } }: { context: ReplayedProcessContext }) => ({ processId });

export const createReplayedProcessMachine = (actors: ActorsOf<ReplayedProcessWork>) =>
  setup({
    types: {
      context: {} as ReplayedProcessContext,
      input: {} as ReplayedProcessInput,
      output: {} as ReplayedProcessOutput,
      events: {} as ReplayedProcessEvent,
    },
    actors,
    guards: {
      isWaitedFor: ({ context: { recorded, stop } }) => recorded.reason === 'cancelled' && stop === null,
    },
    actions: {
      /** The first reason is the one that is reported. */
      rememberStop: assign({ stop: ({ context }, { reason }: { reason: StopReason }) => context.stop ?? reason }),
      /** A program that ended by itself has ended before any later STOP. */
      rememberEnd: assign({
        stop: ({ context: { recorded, stop } }) => stop ?? (recorded.reason === 'cancelled' ? null : recorded.reason),
      }),
      keepFault: assign({ fault: (_, { error }: { error: unknown }) => toFault(error) }),
      giveUp: assign({
        fault: ({ context }): Fault => ({
          code: 'unavailable',
          message: `The files of the step ${context.step} could not be written in time: check the disk, then call again.`,
        }),
      }),
    },
    delays: {
      timeLimit: ({ context }) => context.timeLimitMs,
      writeLimit: 60_000,
    },
  }).createMachine({
    id: 'replayedProcess',
    description: 'One program that a step of a scenario answers. Nothing is started.',
    options: { maxIterations: 1_000 },
    context: ({ input }) => ({ ...input, stop: null, fault: null }),
    output: ({ context: { recorded, stop, fault } }) => {
      const reason = stop ?? recorded.reason;
      const isAsRecorded = reason === recorded.reason;
      return {
        reason,
        exit: isAsRecorded ? recorded.exit : terminated,
        others: isAsRecorded ? recorded.others : 0,
        survivors: [],
        fault,
      };
    },
    initial: 'playing',
    states: {
      playing: {
        description: 'Compares what it gets on stdin, and gives its caller the recorded output.',
        invoke: {
          id: 'playOutput',
          src: 'playOutput',
          input: refOf,
          onDone: { target: 'writing', actions: 'rememberEnd' },
          onError: { target: 'ended', actions: { type: 'keepFault', params: ({ event }) => event } },
        },
        after: { timeLimit: { target: 'writing', actions: because('timedOut') } },
        on: {
          STOP: { target: 'writing', actions: { type: 'rememberStop', params: ({ event }) => event } },
        },
      },
      writing: {
        description: 'Writes the files that the recorded program wrote, before its caller can see its end.',
        invoke: {
          id: 'writeFiles',
          src: 'writeFiles',
          input: refOf,
          onDone: [{ guard: 'isWaitedFor', target: 'waiting' }, { target: 'ended' }],
          onError: { target: 'ended', actions: { type: 'keepFault', params: ({ event }) => event } },
        },
        after: { writeLimit: { target: 'ended', actions: 'giveUp' } },
        on: { STOP: { actions: { type: 'rememberStop', params: ({ event }) => event } } },
      },
      waiting: {
        description: 'Waits for its caller to end it, as the caller of the recorded program did.',
        after: { timeLimit: { target: 'ended', actions: because('timedOut') } },
        on: {
          STOP: { target: 'ended', actions: { type: 'rememberStop', params: ({ event }) => event } },
        },
      },
      ended: { description: 'Its caller sees its exit, and the end of its output.', type: 'final' },
    },
  });

/** Of a program that was ended where the recorded one was not. */
const terminated: ProcessExit = { code: null, signal: 'SIGTERM' };

/** To be drawn and explored, not run. */
export const replayedProcessMachine = /* @__PURE__ */ createReplayedProcessMachine(
  /* @__PURE__ */ notProvided(replayedProcessWork),
);
