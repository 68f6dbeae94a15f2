import { assertEvent, assign, not, or, setup } from 'xstate';
import { type Fault, toFault } from '../domain/app-error.ts';
import { backOffMs, type CommandEnd, mostFailures, retryGivenUpAfterMs, withFailure } from '../domain/upstream.ts';
import { type ActorsOf, defineWork, notProvided, type WorkScope } from './define-work.ts';

export type UpstreamEvent =
  /** The client has sent initialize. */
  | { type: 'INTRODUCED' }
  /** Requests without an answer: from none to some, or back. */
  | { type: 'USE_CHANGED'; isUsed: boolean }
  /** A request needs the server. */
  | { type: 'REQUESTED'; atMs: number }
  /** It has ended, or nothing can be said to it any more. */
  | { type: 'BROKEN'; fault: Fault }
  /** The front shuts down. */
  | { type: 'STOP'; patienceMs: number };

export interface UpstreamInput {
  /** Whether it is started by the first request that needs it. */
  readonly isOnDemand: boolean;
  /** It is stopped after so much time without a request; null: never. */
  readonly idleLimitMs: number | null;
  /** From the client's initialize to the complete lists. */
  readonly startLimitMs: number;
}

export interface UpstreamContext extends UpstreamInput {
  readonly isIntroduced: boolean;
  readonly isUsed: boolean;
  /** Milliseconds since the epoch, of late. */
  readonly failures: readonly number[];
  /** Why it does not serve; null while it does, and before the first failure. */
  readonly fault: Fault | null;
  /** Why it is stopped; null while it shall run. */
  readonly stopReason: 'failed' | 'idle' | 'shutdown' | null;
  /** How long it may take to end by itself once its input has ended. */
  readonly patienceMs: number;
}

export interface UpstreamWork {
  /** Settles when the command and everything that it started are gone. */
  runCommand(input: undefined, scope: WorkScope): Promise<CommandEnd>;
  /** Introduces the client to the server, and reads its lists. */
  shakeHands(input: undefined, scope: WorkScope): Promise<void>;
  /** Connects client and server. */
  serveClient(input: undefined, send: (event: UpstreamEvent) => void): () => void;
  /** Closes the input of the command, gives it time, and ends it. */
  endCommand(input: { readonly patienceMs: number }, scope: WorkScope): Promise<void>;
}

export const upstreamWork = /* @__PURE__ */ defineWork<UpstreamWork>({
  runCommand: 'promise',
  shakeHands: 'promise',
  serveClient: 'callback',
  endCommand: 'promise',
});

const usualPatienceMs = 2_000;

const stopBecause = (reason: 'failed' | 'idle') => ({ type: 'rememberStop' as const, params: { reason } });
const keepFault = {
  type: 'keepFault' as const,
  params: ({ event }: { readonly event: { readonly fault: Fault } }) => event,
};
const keepError = {
  type: 'keepFault' as const,
  params: ({ event }: { readonly event: { readonly error: unknown } }) => ({ fault: toFault(event.error) }),
};

export const createUpstreamMachine = (actors: ActorsOf<UpstreamWork>) =>
  setup({
    types: {
      context: {} as UpstreamContext,
      input: {} as UpstreamInput,
      events: {} as UpstreamEvent,
    },
    actors,
    guards: {
      isIntroduced: ({ context }) => context.isIntroduced,
      isUsed: ({ context }) => context.isUsed,
      isEager: ({ context }) => !context.isOnDemand,
      isNeeded: or(['isUsed', 'isEager']),
      hasIdleLimit: ({ context }) => context.idleLimitMs !== null,
      isShutdown: ({ context }) => context.stopReason === 'shutdown',
      isIdleStop: ({ context }) => context.stopReason === 'idle',
      isGivenUp: ({ context }, { end }: { end: CommandEnd }) =>
        end.isHopeless || withFailure(context.failures, end.atMs).length >= mostFailures,
      mayTryAgain: ({ context, event }) =>
        event.type === 'REQUESTED' && event.atMs - (context.failures.at(-1) ?? 0) >= retryGivenUpAfterMs,
    },
    actions: {
      rememberIntroduction: assign({ isIntroduced: true }),
      rememberUse: assign({
        isUsed: ({ event }) => {
          assertEvent(event, 'USE_CHANGED');
          return event.isUsed;
        },
      }),
      begin: assign({ stopReason: null, patienceMs: usualPatienceMs }),
      forgetFault: assign({ fault: null }),
      /** The first fault is the cause of the others. */
      keepFault: assign({
        fault: ({ context }, { fault }: { fault: Fault }) => (context.stopReason === null ? fault : context.fault),
      }),
      giveUpStart: assign({
        fault: ({ context }) => ({
          code: 'timed_out',
          message: `the server did not answer initialize and its lists within ${context.startLimitMs / 1_000} s (--start-timeout)`,
        }),
      }),
      rememberStop: assign({
        stopReason: ({ context }, { reason }: { reason: 'failed' | 'idle' }) => context.stopReason ?? reason,
      }),
      rememberShutdown: assign({
        stopReason: 'shutdown',
        patienceMs: ({ event }) => {
          assertEvent(event, 'STOP');
          return event.patienceMs;
        },
      }),
      /** What was stopped because nothing used it is started by the next request. */
      startOnDemand: assign({ isOnDemand: true }),
      keepFailure: assign({
        failures: ({ context }, { end }: { end: CommandEnd }) => withFailure(context.failures, end.atMs),
        fault: ({ context }, { end }: { end: CommandEnd }) =>
          context.stopReason === 'failed' ? context.fault : end.fault,
      }),
    },
    delays: {
      startLimit: ({ context }) => context.startLimitMs,
      idleLimit: ({ context }) => context.idleLimitMs ?? 86_400_000,
      /** Its patience, and what ending processes takes at most. */
      endLimit: ({ context }) => context.patienceMs + 15_000,
      backOff: ({ context }) => backOffMs(context.failures.length),
    },
  }).createMachine({
    id: 'upstream',
    description:
      'The server behind the front: a command that is started, introduced, used, and started again when it ends.',
    options: { maxIterations: 1_000 },
    context: ({ input }) => ({
      ...input,
      isIntroduced: false,
      isUsed: false,
      failures: [],
      fault: null,
      stopReason: null,
      patienceMs: usualPatienceMs,
    }),
    initial: 'down',
    on: {
      INTRODUCED: { actions: 'rememberIntroduction' },
      USE_CHANGED: { actions: 'rememberUse' },
    },
    states: {
      down: {
        description: 'The command does not run. The next request starts it, unless it shall run all the time.',
        always: { guard: 'isNeeded', target: 'running' },
        on: { STOP: 'ended' },
      },
      running: {
        description: 'The command runs. Its end decides what comes next.',
        entry: 'begin',
        meta: { lifelong: { runCommand: 'A server runs as long as its client needs it.' } },
        invoke: {
          id: 'runCommand',
          src: 'runCommand',
          onDone: [
            { guard: 'isShutdown', target: 'ended' },
            { guard: 'isIdleStop', target: 'down', actions: 'startOnDemand' },
            {
              guard: { type: 'isGivenUp', params: ({ event }) => ({ end: event.output }) },
              target: 'givenUp',
              actions: { type: 'keepFailure', params: ({ event }) => ({ end: event.output }) },
            },
            {
              target: 'backingOff',
              actions: { type: 'keepFailure', params: ({ event }) => ({ end: event.output }) },
            },
          ],
          onError: [
            { guard: 'isShutdown', target: 'ended' },
            { target: 'givenUp', actions: keepError },
          ],
        },
        on: { STOP: { target: '.stopping', actions: 'rememberShutdown' } },
        initial: 'introducing',
        states: {
          introducing: {
            description: 'Waits for the client, which has not sent initialize yet.',
            always: { guard: 'isIntroduced', target: 'starting' },
          },
          starting: {
            description: 'The server gets the initialize of the client, and is asked for its lists.',
            invoke: {
              id: 'shakeHands',
              src: 'shakeHands',
              onDone: 'up',
              onError: { target: 'stopping', actions: [keepError, stopBecause('failed')] },
            },
            after: { startLimit: { target: 'stopping', actions: ['giveUpStart', stopBecause('failed')] } },
            on: { BROKEN: { target: 'stopping', actions: [keepFault, stopBecause('failed')] } },
          },
          up: {
            description: 'Requests reach the server.',
            entry: 'forgetFault',
            meta: { lifelong: { serveClient: 'A server serves as long as its client needs it.' } },
            invoke: {
              id: 'serveClient',
              src: 'serveClient',
              onError: { target: 'stopping', actions: [keepError, stopBecause('failed')] },
            },
            on: { BROKEN: { target: 'stopping', actions: [keepFault, stopBecause('failed')] } },
            initial: 'unused',
            states: {
              used: { description: 'Requests have no answer yet.', always: { guard: not('isUsed'), target: 'unused' } },
              unused: {
                description: 'No request is without an answer. With --idle it is stopped after a while.',
                always: { guard: 'isUsed', target: 'used' },
                after: {
                  idleLimit: {
                    guard: 'hasIdleLimit',
                    target: '#upstream.running.stopping',
                    actions: stopBecause('idle'),
                  },
                },
              },
            },
          },
          stopping: {
            description:
              'The input of the command is closed. If it stays, it is ended, with everything that it started.',
            invoke: {
              id: 'endCommand',
              src: 'endCommand',
              input: ({ context: { patienceMs } }) => ({ patienceMs }),
              onError: { actions: keepError },
            },
            after: {
              endLimit: [
                { guard: 'isShutdown', target: '#upstream.ended' },
                { target: '#upstream.givenUp', description: 'What cannot be ended is not started a second time.' },
              ],
            },
            on: { STOP: { target: 'stopping', reenter: true, actions: 'rememberShutdown' } },
          },
        },
      },
      backingOff: {
        description: 'The command has failed, and rests before it is started again.',
        after: { backOff: [{ guard: 'isNeeded', target: 'running' }, { target: 'down' }] },
        on: { STOP: 'ended' },
      },
      givenUp: {
        description: 'The command has failed too often. A request starts it once more, after a while.',
        on: { REQUESTED: { guard: 'mayTryAgain', target: 'running' }, STOP: 'ended' },
      },
      ended: { description: 'Nothing of the command is left.', type: 'final' },
    },
  });

/** To be drawn and explored, not run. */
export const upstreamMachine = /* @__PURE__ */ createUpstreamMachine(/* @__PURE__ */ notProvided(upstreamWork));
