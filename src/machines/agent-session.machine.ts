import { assign, setup } from 'xstate';
import type { BudgetKind, SessionEnding } from '../domain/agent-session/session-outcome.ts';
import type { SessionLimits } from '../domain/agent-session/session-spec.ts';
import { type SessionClock, stateLimitMs } from '../domain/agent-session/session-state.ts';
import { type Fault, toFault } from '../domain/app-error.ts';
import { type ActorsOf, defineWork, notProvided, type WorkScope } from './define-work.ts';

export type AgentSessionEvent =
  /** Nobody needs the session any more. */
  { type: 'CANCEL' };

/** The runner's number for a session. */
interface SessionRef {
  readonly sessionId: number;
}

export interface AgentSessionInput extends SessionRef {
  readonly limits: SessionLimits;
}

export interface AgentSessionContext extends AgentSessionInput, SessionClock {
  /** Which budget was spent, where that ended it. */
  readonly spent: BudgetKind | null;
  readonly isCancelled: boolean;
  /** Of all pauses, with the present one. */
  readonly pausedMs: number;
  /** How often it was started anew because it had lost its tools. */
  readonly restarts: number;
  readonly wasNudged: boolean;
  readonly fault: Fault | null;
}

/** `ending` null: it was never started. A fault: there is no outcome. */
export type AgentSessionOutput = Pick<AgentSessionContext, 'ending' | 'fault'>;

/** What the evidence asks for next. */
export interface Adjudication {
  /** It started without tools that it needs. */
  readonly hasLostTools: boolean;
  /** The API rejects its requests for so long; null: it does not. */
  readonly pauseMs: number | null;
  /** Whether it would have succeeded, had it written the output lines of its skill. */
  readonly lacksOutputs: boolean;
}

export interface AgentSessionWork {
  /** Makes the session's folder and record, and checks that its budget can be held. */
  prepareSession(input: SessionRef, scope: WorkScope): Promise<void>;
  /** Settles when its process runs. */
  startAgent(input: SessionRef & { readonly round: 'first' | 'resume' }, scope: WorkScope): Promise<void>;
  /** The racers. Each settles when it has won, and never otherwise. */
  waitForExit(input: SessionRef, scope: WorkScope): Promise<void>;
  waitForResult(input: SessionRef, scope: WorkScope): Promise<void>;
  waitForCompletion(input: SessionRef, scope: WorkScope): Promise<void>;
  waitForSilence(input: SessionRef, scope: WorkScope): Promise<void>;
  waitForStaleLog(input: SessionRef, scope: WorkScope): Promise<void>;
  waitForLostTools(input: SessionRef, scope: WorkScope): Promise<void>;
  waitForSpentBudget(input: SessionRef, scope: WorkScope): Promise<BudgetKind>;
  /** Settles when both channels are read to their ends: its process and all that it started are gone then. */
  drainChannels(input: SessionRef, scope: WorkScope): Promise<void>;
  /** Ends what still runs. @returns how long its process ran */
  endAgent(input: SessionRef, scope: WorkScope): Promise<number>;
  adjudicate(input: SessionRef & AdjudicationInput, scope: WorkScope): Promise<Adjudication>;
  /** Resumes the session and asks for the missing output lines; settles when its process has ended. */
  nudgeAgent(input: SessionRef, scope: WorkScope): Promise<void>;
  recordOutcome(
    input: SessionRef & AdjudicationInput & Pick<AgentSessionContext, 'ranMs' | 'pausedMs'>,
    scope: WorkScope,
  ): Promise<void>;
}

type AdjudicationInput = Pick<AgentSessionContext, 'ending' | 'spent' | 'wasNudged'>;

export const agentSessionWork = /* @__PURE__ */ defineWork<AgentSessionWork>({
  prepareSession: 'promise',
  startAgent: 'promise',
  waitForExit: 'promise',
  waitForResult: 'promise',
  waitForCompletion: 'promise',
  waitForSilence: 'promise',
  waitForStaleLog: 'promise',
  waitForLostTools: 'promise',
  waitForSpentBudget: 'promise',
  drainChannels: 'promise',
  endAgent: 'promise',
  adjudicate: 'promise',
  nudgeAgent: 'promise',
  recordOutcome: 'promise',
});

const mostRestarts = 1;

const ref = ({ context: { sessionId } }: { readonly context: SessionRef }) => ({ sessionId });
const because = (ending: SessionEnding) => ({ type: 'rememberEnding' as const, params: { ending } });
const keepError = {
  type: 'keepFault' as const,
  params: ({ event }: { readonly event: { readonly error: unknown } }) => ({ fault: toFault(event.error) }),
};

export const createAgentSessionMachine = (actors: ActorsOf<AgentSessionWork>) => {
  /** One of the racers: it wins with a reason, or fails as a defect does. */
  const racer = <
    Name extends
      | 'waitForExit'
      | 'waitForResult'
      | 'waitForCompletion'
      | 'waitForSilence'
      | 'waitForStaleLog'
      | 'waitForLostTools',
  >(
    name: Name,
    target: 'draining' | 'ending',
    ending: SessionEnding,
  ) => ({
    id: name,
    src: name,
    input: ref,
    onDone: { target, actions: because(ending) },
    onError: { target: 'ending' as const, actions: keepError },
  });

  return setup({
    types: {
      context: {} as AgentSessionContext,
      input: {} as AgentSessionInput,
      output: {} as AgentSessionOutput,
      events: {} as AgentSessionEvent,
    },
    actors,
    guards: {
      /** It was cancelled, or something of ours failed: it does not continue. */
      isOver: ({ context }) => context.isCancelled || context.fault !== null,
      shouldRestart: ({ context }, { hasLostTools }: Adjudication) => hasLostTools && context.restarts < mostRestarts,
      shouldPause: ({ context }, { pauseMs }: Adjudication) =>
        pauseMs !== null && context.pausedMs + pauseMs <= context.limits.pausedMs,
      shouldNudge: ({ context }, { lacksOutputs }: Adjudication) => lacksOutputs && !context.wasNudged,
    },
    actions: {
      /** The first reason is the one that is reported. */
      rememberEnding: assign({
        ending: ({ context }, { ending }: { ending: SessionEnding }) => context.ending ?? ending,
      }),
      rememberBudget: assign({
        ending: ({ context }) => context.ending ?? 'budget',
        spent: ({ context }, { spent }: { spent: BudgetKind }) => context.spent ?? spent,
      }),
      rememberCancel: assign({ isCancelled: true, ending: ({ context }) => context.ending ?? 'cancelled' }),
      addRunningTime: assign({ ranMs: ({ context }, { ranMs }: { ranMs: number }) => context.ranMs + ranMs }),
      beginAnew: assign({ ending: null, restarts: ({ context }) => context.restarts + 1 }),
      beginPause: assign({
        ending: null,
        pauseMs: (_, { pauseMs }: Adjudication) => pauseMs ?? 0,
        pausedMs: ({ context }, { pauseMs }: Adjudication) => context.pausedMs + (pauseMs ?? 0),
      }),
      rememberNudge: assign({ wasNudged: true }),
      keepFault: assign({ fault: ({ context }, { fault }: { fault: Fault }) => context.fault ?? fault }),
      keepTimeout: assign({
        fault: ({ context }, { what }: { what: string }) =>
          context.fault ?? { code: 'timed_out', message: `The agent session took too long ${what}. Start it again.` },
      }),
    },
    delays: {
      preparingLimit: ({ context }) => stateLimitMs('preparing', context),
      spawningLimit: ({ context }) => stateLimitMs('spawning', context),
      wallLimit: ({ context }) => stateLimitMs('running', context),
      drainingLimit: ({ context }) => stateLimitMs('draining', context),
      endingLimit: ({ context }) => stateLimitMs('ending', context),
      adjudicatingLimit: ({ context }) => stateLimitMs('adjudicating', context),
      nudgingLimit: ({ context }) => stateLimitMs('nudging', context),
      pause: ({ context }) => stateLimitMs('paused', context),
      recordingLimit: ({ context }) => stateLimitMs('recording', context),
    },
  }).createMachine({
    id: 'agentSession',
    description: 'A coding agent without a person: started, watched from several sides, ended, and adjudicated.',
    options: { maxIterations: 1_000 },
    context: ({ input }) => ({
      ...input,
      ending: null,
      spent: null,
      isCancelled: false,
      ranMs: 0,
      pauseMs: 0,
      pausedMs: 0,
      restarts: 0,
      wasNudged: false,
      fault: null,
    }),
    output: ({ context: { ending, fault } }) => ({ ending, fault }),
    initial: 'preparing',
    states: {
      preparing: {
        description: 'Makes the folder and the record of the session.',
        invoke: {
          id: 'prepareSession',
          src: 'prepareSession',
          input: ref,
          onDone: 'spawning',
          onError: { target: 'settled', actions: keepError },
        },
        after: {
          preparingLimit: { target: 'settled', actions: { type: 'keepTimeout', params: { what: 'to prepare' } } },
        },
        on: { CANCEL: { target: 'settled', actions: 'rememberCancel' } },
      },
      spawning: {
        description: 'Starts the agent, or resumes it after a pause.',
        invoke: {
          id: 'startAgent',
          src: 'startAgent',
          input: ({ context: { sessionId, pausedMs } }) => ({ sessionId, round: pausedMs > 0 ? 'resume' : 'first' }),
          onDone: 'running',
          onError: { target: 'ending', actions: [keepError, because('notStarted')] },
        },
        after: {
          spawningLimit: {
            target: 'ending',
            actions: [{ type: 'keepTimeout', params: { what: 'to start' } }, because('notStarted')],
          },
        },
        on: { CANCEL: { target: 'ending', actions: 'rememberCancel' } },
      },
      running: {
        description: 'The race: the first to finish says why the session ends, and the others are stopped.',
        invoke: [
          racer('waitForExit', 'draining', 'exited'),
          racer('waitForResult', 'draining', 'completed'),
          racer('waitForCompletion', 'draining', 'completed'),
          racer('waitForSilence', 'ending', 'idle'),
          racer('waitForStaleLog', 'ending', 'stale'),
          racer('waitForLostTools', 'ending', 'lostTools'),
          {
            id: 'waitForSpentBudget',
            src: 'waitForSpentBudget',
            input: ref,
            onDone: {
              target: 'ending',
              actions: { type: 'rememberBudget', params: ({ event }) => ({ spent: event.output }) },
            },
            onError: { target: 'ending', actions: keepError },
          },
        ],
        after: { wallLimit: { target: 'ending', actions: because('timedOut') } },
        on: { CANCEL: { target: 'ending', actions: 'rememberCancel' } },
      },
      draining: {
        description: 'Gives the process time to exit, and the other channel time to report.',
        invoke: {
          id: 'drainChannels',
          src: 'drainChannels',
          input: ref,
          onDone: 'ending',
          onError: { target: 'ending', actions: keepError },
        },
        after: { drainingLimit: 'ending' },
        on: { CANCEL: { target: 'ending', actions: 'rememberCancel' } },
      },
      ending: {
        description: 'Ends the process and everything that it started, and reads what they have left.',
        invoke: {
          id: 'endAgent',
          src: 'endAgent',
          input: ref,
          onDone: {
            target: 'adjudicating',
            actions: { type: 'addRunningTime', params: ({ event }) => ({ ranMs: event.output }) },
          },
          onError: { target: 'adjudicating', actions: keepError },
        },
        after: {
          endingLimit: { target: 'adjudicating', actions: { type: 'keepTimeout', params: { what: 'to end' } } },
        },
        on: { CANCEL: { actions: 'rememberCancel' } },
      },
      adjudicating: {
        description: 'Decides from the evidence what came of the session, and whether it continues.',
        invoke: {
          id: 'adjudicate',
          src: 'adjudicate',
          input: ({ context: { sessionId, ending, spent, wasNudged } }) => ({ sessionId, ending, spent, wasNudged }),
          onDone: [
            { guard: 'isOver', target: 'recording' },
            {
              guard: { type: 'shouldRestart', params: ({ event }) => event.output },
              target: 'spawning',
              actions: 'beginAnew',
            },
            {
              guard: { type: 'shouldPause', params: ({ event }) => event.output },
              target: 'paused',
              actions: { type: 'beginPause', params: ({ event }) => event.output },
            },
            {
              guard: { type: 'shouldNudge', params: ({ event }) => event.output },
              target: 'nudging',
              actions: 'rememberNudge',
            },
            { target: 'recording' },
          ],
          onError: { target: 'recording', actions: keepError },
        },
        after: {
          adjudicatingLimit: {
            target: 'recording',
            actions: { type: 'keepTimeout', params: { what: 'to be adjudicated' } },
          },
        },
        on: { CANCEL: { actions: 'rememberCancel' } },
      },
      nudging: {
        description: 'Resumes the session once, and asks only for the output lines that are missing.',
        invoke: {
          id: 'nudgeAgent',
          src: 'nudgeAgent',
          input: ref,
          onDone: 'ending',
          onError: { target: 'ending', description: 'The outcome stays as it was.' },
        },
        after: { nudgingLimit: 'ending' },
        on: { CANCEL: { target: 'ending', actions: 'rememberCancel' } },
      },
      paused: {
        description: 'A rate limit: no process runs, and the time does not count. It is resumed at the reset.',
        after: { pause: 'spawning' },
        on: { CANCEL: { target: 'adjudicating', actions: 'rememberCancel' } },
      },
      recording: {
        description: 'Writes the files of the session.',
        invoke: {
          id: 'recordOutcome',
          src: 'recordOutcome',
          input: ({ context: { sessionId, ending, spent, wasNudged, ranMs, pausedMs } }) => ({
            sessionId,
            ending,
            spent,
            wasNudged,
            ranMs,
            pausedMs,
          }),
          onDone: 'settled',
          onError: { target: 'settled', actions: keepError },
        },
        after: {
          recordingLimit: { target: 'settled', actions: { type: 'keepTimeout', params: { what: 'to be recorded' } } },
        },
        on: { CANCEL: { description: 'It has ended already.' } },
      },
      settled: { description: 'Nothing of the session runs; its outcome is known.', type: 'final' },
    },
  });
};

/** To be drawn and explored, not run. */
export const agentSessionMachine = /* @__PURE__ */ createAgentSessionMachine(
  /* @__PURE__ */ notProvided(agentSessionWork),
);
