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
  | { type: 'REQUESTED' }
  /** The command has exited, or one of its pipes is of no more use. */
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
  /** When the command failed of late, in milliseconds since the epoch. */
  readonly failures: readonly number[];
  /** Why it does not serve; null while it does, and before the first failure. */
  readonly fault: Fault | null;
  /** Why it is stopped, or was; null while it shall run, and where it ended by itself. */
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

/** The fault for which the command is stopped is the cause of those that come while it ends. */
const firstFault = ({ stopReason, fault }: UpstreamContext, later: Fault): Fault | null =>
  stopReason === 'failed' ? fault : later;

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
      isUnused: not('isUsed'),
      isNeeded: or(['isUsed', 'isEager']),
      hasIdleLimit: ({ context }) => context.idleLimitMs !== null,
      isShutdown: ({ context }) => context.stopReason === 'shutdown',
      isIdleStop: ({ context }) => context.stopReason === 'idle',
      isGivenUp: ({ context }, { end }: { end: CommandEnd }) =>
        end.isHopeless || withFailure(context.failures, end.atMs).length >= mostFailures,
    },
    actions: {
      rememberIntroduction: assign({ isIntroduced: true }),
      rememberUse: assign({
        isUsed: ({ event }) => {
          assertEvent(event, 'USE_CHANGED');
          return event.isUsed;
        },
      }),
      forgetStop: assign({ stopReason: null, patienceMs: usualPatienceMs }),
      forgetFault: assign({ fault: null }),
      keepFault: assign({ fault: ({ context }, { fault }: { fault: Fault }) => firstFault(context, fault) }),
      keepStartTimeout: assign({
        fault: ({ context }) => ({
          code: 'timed_out',
          message: `the server did not answer initialize and its lists within ${context.startLimitMs / 1_000} s (--start-timeout)`,
        }),
      }),
      keepEndTimeout: assign({
        fault: ({ context }) =>
          firstFault(context, { code: 'unavailable', message: 'the command could not be ended in time' }),
      }),
      rememberStop: assign({ stopReason: (_, { reason }: { reason: 'failed' | 'idle' }) => reason }),
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
        fault: ({ context }, { end }: { end: CommandEnd }) => firstFault(context, end.fault),
      }),
    },
    delays: {
      startLimit: ({ context }) => context.startLimitMs,
      idleLimit: ({ context }) => context.idleLimitMs ?? 86_400_000,
      /** Its patience, and what ending processes takes at most. */
      endLimit: ({ context }) => context.patienceMs + 15_000,
      backOff: ({ context }) => backOffMs(context.failures.length),
      retryPause: retryGivenUpAfterMs,
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
        entry: 'forgetStop',
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
        on: {
          BROKEN: { target: '.stopping', actions: [keepFault, stopBecause('failed')] },
          STOP: { target: '.stopping', actions: 'rememberShutdown' },
        },
        initial: 'awaitingClient',
        states: {
          awaitingClient: {
            description: 'The server gets ready. The client has not sent initialize yet.',
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
            after: { startLimit: { target: 'stopping', actions: ['keepStartTimeout', stopBecause('failed')] } },
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
            initial: 'unused',
            states: {
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
              used: { description: 'Requests have no answer yet.', always: { guard: 'isUnused', target: 'unused' } },
            },
          },
          stopping: {
            description:
              'The input of the command is closed. If it stays, it is ended, with everything that it started. A STOP begins this anew, with the time that it leaves.',
            invoke: {
              id: 'endCommand',
              src: 'endCommand',
              input: ({ context: { patienceMs } }) => ({ patienceMs }),
              onError: { actions: keepError },
            },
            after: {
              endLimit: [
                { guard: 'isShutdown', target: '#upstream.ended' },
                {
                  target: '#upstream.givenUp',
                  actions: 'keepEndTimeout',
                  description: 'A second command does not start at once beside one that cannot be ended.',
                },
              ],
            },
            on: { BROKEN: { description: 'It is stopped already.' } },
          },
        },
      },
      backingOff: {
        description: 'The command has failed, and rests before it is started again.',
        after: { backOff: [{ guard: 'isNeeded', target: 'running' }, { target: 'down' }] },
        on: { STOP: 'ended' },
      },
      givenUp: {
        description: 'The command has failed too often, or would fail again in the same way.',
        on: { STOP: 'ended' },
        initial: 'resting',
        states: {
          resting: { description: 'No request starts it yet.', after: { retryPause: 'retryable' } },
          retryable: {
            description: 'The next request starts it once more.',
            on: { REQUESTED: '#upstream.running' },
          },
        },
      },
      ended: { description: 'Nothing of the command is left.', type: 'final' },
    },
  });

/** To be drawn and explored, not run. */
export const upstreamMachine = /* @__PURE__ */ createUpstreamMachine(/* @__PURE__ */ notProvided(upstreamWork));
