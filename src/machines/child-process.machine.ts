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
import { callbackNotProvided, promiseNotProvided } from './not-provided.ts';

export type ChildProcessEvent =
  /** Nobody wants it any more, or it has gone too far. Said again, it counts if it leaves less time than before. */
  { type: 'STOP'; reason: StopReason; graceMs: number };

export interface ChildProcessInput {
  /** Under which the work behind the chart knows the program. */
  readonly workId: number;
  readonly timeLimitMs: number;
  /** From SIGTERM to SIGKILL, unless who stops it leaves less time. */
  readonly graceMs: number;
}

export interface ChildProcessContext extends ChildProcessInput {
  readonly stop: StopReason | null;
  readonly exit: ProcessExit;
  readonly ended: ProcessesEnded;
  readonly fault: Fault | null;
}

/** A fault says that nothing was started, or that the ending itself is broken. */
export type ChildProcessOutput = ProcessOutcome & { readonly fault: Fault | null };

type Ended = ProcessesEnded & { readonly exit: ProcessExit };

const workNotProvided = () => ({
  spawnProcess: promiseNotProvided<void, { workId: number }>('spawnProcess'),
  waitForExit: promiseNotProvided<void, { workId: number }>('waitForExit'),
  watchOutput: callbackNotProvided<ChildProcessEvent, { workId: number }>('watchOutput'),
  endProcesses: promiseNotProvided<Ended, { workId: number; limits: EndingLimits }>('endProcesses'),
});

const because = (reason: StopReason) => ({ type: 'rememberStop' as const, params: { reason } });

/** @param actors the work; without it the chart can be looked at, but not lived */
export const createChildProcessMachine = (actors = workNotProvided()) =>
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
      isHastier: ({ context, event }) => event.type === 'STOP' && event.graceMs < context.graceMs,
    },
    actions: {
      /** The first reason is the one that is told. */
      rememberStop: assign({ stop: ({ context }, { reason }: { reason: StopReason }) => context.stop ?? reason }),
      obeyStop: assign({
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
          message: 'The processes could not be ended in time: look with ps what holds them, and call again.',
        },
      }),
      keepFault: assign({ fault: (_, { error }: { error: unknown }) => toFault(error) }),
    },
    delays: {
      spawnLimit: 10_000,
      timeLimit: ({ context }) => context.timeLimitMs,
      /** Asking, killing, and what the looking takes on a slow machine. */
      endLimit: ({ context }) => context.graceMs + forceLimitMs + 5_000,
    },
  }).createMachine({
    id: 'childProcess',
    description: 'One program and all that it starts, from the spawn until none of them is left.',
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
        description: 'Starts the program, marked, in a session of its own; a wish to stop it waits until it is there.',
        invoke: {
          id: 'spawnProcess',
          src: 'spawnProcess',
          input: ({ context: { workId } }) => ({ workId }),
          onDone: [{ guard: 'isStopped', target: 'ending' }, { target: 'running' }],
          onError: { target: 'ended', actions: { type: 'keepFault', params: ({ event }) => event } },
        },
        after: { spawnLimit: { target: 'ending', actions: because('timedOut') } },
        on: { STOP: { actions: 'obeyStop' } },
      },
      running: {
        description: 'Waits for the exit of the program itself: who holds its output open does not count.',
        invoke: [
          {
            id: 'waitForExit',
            src: 'waitForExit',
            input: ({ context: { workId } }) => ({ workId }),
            onDone: { target: 'ending', actions: because('exited') },
            onError: { target: 'ending', actions: { type: 'keepFault', params: ({ event }) => event } },
          },
          {
            id: 'watchOutput',
            src: 'watchOutput',
            input: ({ context: { workId } }) => ({ workId }),
            onError: { target: 'ending', actions: { type: 'keepFault', params: ({ event }) => event } },
          },
        ],
        after: { timeLimit: { target: 'ending', actions: because('timedOut') } },
        on: { STOP: { target: 'ending', actions: 'obeyStop' } },
      },
      ending: {
        description:
          'Asks every process that belongs to it to end, kills those that do not, and looks until none is left.',
        invoke: {
          id: 'endProcesses',
          src: 'endProcesses',
          input: ({ context: { workId, stop, graceMs } }) => ({
            workId,
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
        on: { STOP: { guard: 'isHastier', target: 'ending', reenter: true, actions: 'obeyStop' } },
      },
      ended: { description: 'None of them is left.', type: 'final' },
    },
  });

export const childProcessMachine = /* @__PURE__ */ createChildProcessMachine();
