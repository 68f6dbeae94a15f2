import { asciiJson, encodeJson } from '../domain/encode-json.ts';
import type { CallCountMessage } from '../domain/inspection.ts';
import { startTimer } from '../domain/timers.ts';
import type { KeptCall } from '../front/call-log.ts';
import type { ReadableCopyDeps } from '../services/inspection/copy-readably.ts';
import { createCallLines } from './call-message.ts';
import type { ClientConnections } from './client-connections.ts';
import { createPlacesASecond } from './places-a-second.ts';

export interface FollowCallsOptions extends Pick<ReadableCopyDeps, 'redact' | 'secrets'> {
  readonly connections: Pick<ClientConnections, 'clients' | 'subscribe'>;
  /** When the recording began. */
  readonly sinceMs: number;
  /** Records a message, which gets this number. */
  record(make: (id: number) => string): void;
}

/** Records the calls of a server. */
export interface FollowedCalls {
  /** Messages without a number about calls from before the recording, and about those whose newest message has a number that is wanted. */
  introduce(isWanted: (newest: number) => boolean): Iterable<string>;
  /** The number of the newest call whose request has this id. */
  numberOf(requestId: unknown): number | undefined;
  /** Records how the calls are now, and nothing from then on. */
  stop(): void;
}

/** A second. Calls that are answered beyond that are counted; some more are recorded if they failed, or take long. */
const mostAnswered = 200;
const mostOthers = 250;
/** Of pending calls, at once. */
const mostPending = 50;
const leastPauseMs = 100;
/** Of answered calls, in one turn: each may take a third of a millisecond. */
const mostATurn = 20;

/**
 * Records each call when it has been answered, after the turn; and pending ones now and when they have changed, at most ten times a second.
 * Whatever call is recorded while it is pending is recorded again when it has its answer.
 */
export function followCalls({ connections, redact, secrets, sinceMs, record }: FollowCallsOptions): FollowedCalls {
  const lineOf = createCallLines({ redact, secrets });
  /** What was recorded last of a call, and the number of that message. */
  const recorded = new WeakMap<KeptCall, { readonly id: number; readonly state: string }>();
  const takePlace = createPlacesASecond();
  /** Those that are about to be recorded. */
  const answered: KeptCall[] = [];
  let counted: Pick<CallCountMessage, 'fromMs' | 'calls' | 'failed'> | null = null;
  let tickedAtMs = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | null = null;
  let isTurnAsked = false;

  const keptCalls = function* () {
    for (const { callLog } of connections.clients) yield* callLog.entries();
  };
  const send = (call: KeptCall, state = '') =>
    record((id) => {
      recorded.set(call, { id, state });
      return lineOf(call, id);
    });

  const sendPending = (most: number) => {
    let sent = 0;
    for (const call of keptCalls()) {
      if (call.outcome !== null) continue;
      const state = encodeJson([call.ranAtMs, call.progressCount, call.waitsFor]);
      const before = recorded.get(call);
      if (before?.state === state) continue;
      if (sent >= most || (before === undefined && !takePlace(mostOthers))) return askForTick();
      send(call, state);
      sent += 1;
    }
  };
  const sendCount = () => {
    if (counted === null) return;
    const { fromMs, calls, failed } = counted;
    counted = null;
    const toMs = Date.now();
    record((id) => {
      const base = { type: 'maitred.callCount', createdAt: String(toMs), id: String(id) } as const;
      return asciiJson({ ...base, fromMs, toMs, calls, failed } satisfies CallCountMessage);
    });
  };
  const tick = () => {
    timer = null;
    tickedAtMs = performance.now();
    sendPending(mostPending);
    sendCount();
  };
  const askForTick = () => {
    timer ??= startTimer(tick, Math.max(0, tickedAtMs + leastPauseMs - performance.now()));
  };

  const sendAnswered = (most: number) => {
    for (const call of answered.splice(0, most)) send(call);
  };
  const takeTurn = () => {
    isTurnAsked = false;
    sendAnswered(mostATurn);
    if (answered.length > 0) askForTurn();
  };
  const askForTurn = () => {
    if (isTurnAsked) return;
    isTurnAsked = true;
    setImmediate(takeTurn);
  };

  const end = (call: KeptCall) => {
    const isFailed = call.outcome === 'toolError' || call.outcome === 'error';
    if (recorded.has(call) || takePlace(isFailed ? mostOthers : mostAnswered)) {
      answered.push(call);
      askForTurn();
      return;
    }
    const { fromMs, calls, failed } = counted ?? { fromMs: call.answeredAtMs ?? Date.now(), calls: 0, failed: 0 };
    counted = { fromMs, calls: calls + 1, failed: failed + (isFailed ? 1 : 0) };
    askForTick();
  };

  const unsubscribe = connections.subscribe((call) => {
    if (call === undefined || call.outcome === null) askForTick();
    else end(call);
  });
  tick();
  return {
    *introduce(isWanted) {
      for (const call of [...keptCalls()]) {
        const id = recorded.get(call)?.id;
        const isFromBefore = call.answeredAtMs !== null && call.answeredAtMs <= sinceMs;
        if (id === undefined ? isFromBefore : isWanted(id)) yield lineOf(call, null);
      }
    },
    numberOf(requestId) {
      let number: number | undefined;
      if (requestId !== undefined) for (const call of keptCalls()) if (call.id === requestId) number = call.number;
      return number;
    },
    stop() {
      unsubscribe();
      sendAnswered(answered.length);
      sendPending(Number.POSITIVE_INFINITY);
      sendCount();
      if (timer !== null) clearTimeout(timer);
    },
  };
}
