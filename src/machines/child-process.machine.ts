import { assertEvent, assign, setup } from 'xstate';
import { type Fault, toFault } from '../domain/app-error.ts';
import {
  type EndingLimits,
  endingLimitsFor,
  forceLimitMs,
  type ProcessExit,
  type ProcessesEnded,
  type ProcessOutcome,
  type StopReason,
} from '../domain/child-process.ts';
import { type ActorsOf, defineWork, notProvided, type WorkScope } from './define-work.ts';

export type ChildProcessEvent =
  /** Its result is no longer needed, or it exceeded a limit. A later STOP counts if it leaves less time. */
  { type: 'STOP'; reason: StopReason; graceMs: number };

export interface ChildProcessInput extends ProcessRef {
  readonly timeLimitMs: number;
  /** From SIGTERM to SIGKILL, unless a STOP leaves less time. */
  readonly graceMs: number;
}

export interface ChildProcessContext extends ChildProcessInput {
  readonly stop: StopReason | null;
  readonly exit: ProcessExit;
  readonly ended: ProcessesEnded;
  readonly fault: Fault | null;
}

/** A fault means that nothing was started, or that ending it failed. */
export type ChildProcessOutput = ProcessOutcome & { readonly fault: Fault | null };

type Ended = ProcessesEnded & { readonly exit: ProcessExit };

/** The runner's number for a process. */
interface ProcessRef {
  readonly processId: number;
}

export interface ChildProcessWork {
  spawnProcess(input: ProcessRef): Promise<void>;
  waitForExit(input: ProcessRef): Promise<void>;
  watchOutput(input: ProcessRef, send: (event: ChildProcessEvent) => void): () => void;
  endProcesses(input: ProcessRef & { readonly limits: EndingLimits }, scope: WorkScope): Promise<Ended>;
}

export const childProcessWork = /* @__PURE__ */ defineWork<ChildProcessWork>({
  spawnProcess: 'promise',
  waitForExit: 'promise',
  watchOutput: 'callback',
  endProcesses: 'promise',
});

const because = (reason: StopReason) => ({ type: 'rememberStop' as const, params: { reason } });

export const createChildProcessMachine = (actors: ActorsOf<ChildProcessWork>) =>
  setup({
    types: {
      context: {} as ChildProcessContext,
      input: {} as ChildProcessInput,
      output: {} as ChildProcessOutput,
      events: {} as ChildProcessEvent,
    },
    actors,
    guards: {
      isStopped: ({ context }) => context.stop !== null,
      hasShorterGrace: ({ context, event }) => event.type === 'STOP' && event.graceMs < context.graceMs,
    },
    actions: {
      /** The first reason is the one that is reported. */
      rememberStop: assign({ stop: ({ context }, { reason }: { reason: StopReason }) => context.stop ?? reason }),
      applyStop: assign({
        stop: ({ context, event }) => {
          assertEvent(event, 'STOP');
          return context.stop ?? event.reason;
        },
        graceMs: ({ context, event }) => {
          assertEvent(event, 'STOP');
          return Math.min(context.graceMs, event.graceMs);
        },
      }),
      keepEnded: assign((_, { exit, others, survivors }: Ended) => ({ exit, ended: { others, survivors } })),
      giveUp: assign({
        fault: {
          code: 'unavailable',
          message: 'The processes could not be ended in time: check with ps what holds them, then call again.',
        },
      }),
      keepFault: assign({ fault: (_, { error }: { error: unknown }) => toFault(error) }),
    },
    delays: {
      spawnLimit: 10_000,
      timeLimit: ({ context }) => context.timeLimitMs,
      /** SIGTERM, SIGKILL, and time to scan the processes on a slow machine. */
      endLimit: ({ context }) => context.graceMs + forceLimitMs + 5_000,
    },
  }).createMachine({
    id: 'childProcess',
    description: 'One program and everything it starts, from the spawn until none of it is left.',
    options: { maxIterations: 1_000 },
    context: ({ input }) => ({
      ...input,
      stop: null,
      exit: { code: null, signal: null },
      ended: { others: 0, survivors: [] },
      fault: null,
    }),
    output: ({ context: { stop, exit, ended, fault } }) => ({ reason: stop ?? 'exited', exit, ...ended, fault }),
    initial: 'spawning',
    states: {
      spawning: {
        description:
          'Starts the program in its own session, with an owner mark. A STOP waits until the program is there.',
        invoke: {
          id: 'spawnProcess',
          src: 'spawnProcess',
          input: ({ context: { processId } }) => ({ processId }),
          onDone: [{ guard: 'isStopped', target: 'ending' }, { target: 'running' }],
          onError: { target: 'ended', actions: { type: 'keepFault', params: ({ event }) => event } },
        },
        after: { spawnLimit: { target: 'ending', actions: because('timedOut') } },
        on: { STOP: { actions: 'applyStop' } },
      },
      running: {
        description:
          'Waits for the exit of the program itself; a process that still holds its output open does not count.',
        invoke: [
          {
            id: 'waitForExit',
            src: 'waitForExit',
            input: ({ context: { processId } }) => ({ processId }),
            onDone: { target: 'ending', actions: because('exited') },
            onError: { target: 'ending', actions: { type: 'keepFault', params: ({ event }) => event } },
          },
          {
            id: 'watchOutput',
            src: 'watchOutput',
            input: ({ context: { processId } }) => ({ processId }),
            onError: { target: 'ending', actions: { type: 'keepFault', params: ({ event }) => event } },
          },
        ],
        after: { timeLimit: { target: 'ending', actions: because('timedOut') } },
        on: { STOP: { target: 'ending', actions: 'applyStop' } },
      },
      ending: {
        description:
          'Sends SIGTERM to every process that belongs to it, kills those that stay, and scans until none is left.',
        invoke: {
          id: 'endProcesses',
          src: 'endProcesses',
          input: ({ context: { processId, stop, graceMs } }) => ({
            processId,
            limits: endingLimitsFor(stop ?? 'exited', graceMs),
          }),
          onDone: { target: 'ended', actions: { type: 'keepEnded', params: ({ event }) => event.output } },
          onError: { target: 'ended', actions: { type: 'keepFault', params: ({ event }) => event } },
        },
        after: {
          endLimit: {
            target: 'ended',
            actions: 'giveUp',
          },
        },
        on: { STOP: { guard: 'hasShorterGrace', target: 'ending', reenter: true, actions: 'applyStop' } },
      },
      ended: { description: 'None of its processes is left.', type: 'final' },
    },
  });

/** To be drawn and explored, not run. */
export const childProcessMachine = /* @__PURE__ */ createChildProcessMachine(
  /* @__PURE__ */ notProvided(childProcessWork),
);
