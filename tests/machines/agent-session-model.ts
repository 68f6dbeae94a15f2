import type { AnyMachineSnapshot } from 'xstate';
import type { SessionLimits } from '../../src/domain/agent-session/session-spec.ts';
import type {
  Adjudication,
  AgentSessionContext,
  AgentSessionEvent,
  AgentSessionInput,
} from '../../src/machines/agent-session.machine.ts';
import type { TourEvent } from './tour.ts';

/** What happens to a session, with every payload that makes a difference. */
export type SessionStep = AgentSessionEvent | (TourEvent & { readonly output?: unknown; readonly error?: unknown });

export const sessionLimits: SessionLimits = {
  wallMs: 600_000,
  idleMs: 60_000,
  staleMs: 120_000,
  suppressionMs: 300_000,
  drainMs: 5_000,
  exitGraceMs: 3_000,
  nudgeMs: 60_000,
  pausedMs: 1_000,
};

export const sessionInput: AgentSessionInput = { sessionId: 1, limits: sessionLimits };

export const brokenWork = new Error('broken');

const done = (work: string, output?: unknown): SessionStep => ({ type: `xstate.done.actor.${work}`, output });
const fails = (work: string): SessionStep => ({ type: `xstate.error.actor.${work}`, error: brokenWork });
const after = (delay: string, state: string): SessionStep => ({ type: `xstate.after.${delay}.agentSession.${state}` });

const racers = [
  'waitForExit',
  'waitForResult',
  'waitForCompletion',
  'waitForSilence',
  'waitForStaleLog',
  'waitForLostTools',
] as const;

/** Nothing to do but to record it. */
export const nothing: Adjudication = { hasLostTools: false, pauseMs: null, lacksOutputs: false };

/** Every event that may come in a state. */
const possible: Readonly<Record<string, readonly SessionStep[]>> = {
  preparing: [done('prepareSession'), fails('prepareSession'), after('preparingLimit', 'preparing')],
  spawning: [done('startAgent'), fails('startAgent'), after('spawningLimit', 'spawning')],
  running: [
    ...racers.flatMap((racer) => [done(racer), fails(racer)]),
    done('waitForSpentBudget', 'tokens'),
    fails('waitForSpentBudget'),
    after('wallLimit', 'running'),
  ],
  draining: [done('drainChannels'), fails('drainChannels'), after('drainingLimit', 'draining')],
  ending: [done('endAgent', 10), fails('endAgent'), after('endingLimit', 'ending')],
  adjudicating: [
    done('adjudicate', nothing),
    done('adjudicate', { ...nothing, hasLostTools: true }),
    done('adjudicate', { ...nothing, pauseMs: 700 }),
    done('adjudicate', { ...nothing, lacksOutputs: true }),
    fails('adjudicate'),
    after('adjudicatingLimit', 'adjudicating'),
  ],
  nudging: [done('nudgeAgent'), fails('nudgeAgent'), after('nudgingLimit', 'nudging')],
  paused: [after('pause', 'paused')],
  recording: [done('recordOutcome'), fails('recordOutcome'), after('recordingLimit', 'recording')],
};

export function sessionSteps({ value, status }: AnyMachineSnapshot): SessionStep[] {
  return status === 'active' ? [{ type: 'CANCEL' }, ...(possible[String(value)] ?? [])] : [];
}

/** What the guards read. */
export function serializeSession({ value, status, context }: AnyMachineSnapshot): string {
  const { isCancelled, fault, restarts, pausedMs, wasNudged } = context as AgentSessionContext;
  return JSON.stringify([value, status, isCancelled || fault !== null, restarts, pausedMs > 0, wasNudged]);
}
