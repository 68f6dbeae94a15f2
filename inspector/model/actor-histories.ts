import {
  type ActorMessage,
  type ChartMessage,
  inspectionWireVersion,
  type SnapshotMessage,
} from '../../src/domain/inspection.ts';
import {
  type ActorHistory,
  actorAtMoment,
  createActorHistory,
  forgetBefore,
  hasEnded,
  isWantedFrom,
  keepEvent,
  keepState,
  keepStep,
  newestSnapshot,
} from './actor-history.ts';
import { firstAfter, lastBefore } from './count-before.ts';

import type { LogKind, RecordedMessage } from './recording.ts';

/** The histories of all actors, in the order in which they started. */
export interface ActorHistories {
  /** @param wasThere whether an actor that it introduces was created before the recording began */
  keep(entry: RecordedMessage<ChartMessage>, wasThere: boolean): Kept;
  /** Marks every actor as ended: when its server ends, and after lost messages, when the server introduces the living ones again. */
  endAll(position: number, atMs: number, why: Extract<LogKind, 'serverEnded' | 'lost'>): void;
  forgetBefore(position: number): void;
  get(sessionId: string): ActorHistory | undefined;
  all(): Iterable<ActorHistory>;
  /** The closest moment after, or before, the given one at which this actor, or any, had completed a transition. */
  nextTransition(moment: number, sessionId?: string): number | null;
  previousTransition(moment: number, sessionId?: string): number | null;
}

export interface Kept {
  /** The kind of the message's row in the log; null: it has none. */
  readonly logKind: LogKind | null;
  /** The event that a snapshot follows. */
  readonly handled?: RecordedMessage | undefined;
}

export function createActorHistories(): ActorHistories {
  const histories = new Map<string, ActorHistory>();
  const historiesOf = (sessionId: string | undefined): Iterable<ActorHistory> => {
    if (sessionId === undefined) return histories.values();
    const history = histories.get(sessionId);
    return history === undefined ? [] : [history];
  };

  const closest = (moment: number, sessionId: string | undefined, find: typeof firstAfter): number | null => {
    let best: number | null = null;
    for (const { transitionMoments } of historiesOf(sessionId)) {
      const found = find(transitionMoments, moment);
      if (found !== null && (best === null || Math.abs(found - moment) < Math.abs(best - moment))) best = found;
    }
    return best;
  };

  const open = (message: ChartMessage, position: number): ActorHistory => {
    const history = createActorHistory(message, position);
    histories.set(message.sessionId, history);
    return history;
  };

  return {
    keep(entry, wasThere) {
      const { position, message } = entry;
      const known = histories.get(message.sessionId);
      const history = known ?? open(message, position);
      switch (message.type) {
        case '@xstate.actor':
          history.introduction = message;
          keepState(history, entry as RecordedMessage<typeof message>);
          if (known !== undefined) return { logKind: null };
          return { logKind: wasThere ? 'present' : 'created' };
        case '@xstate.event':
          keepEvent(history, entry as RecordedMessage<typeof message>);
          keepOutcome(histories.get(message.sourceId ?? ''), message.event.type);
          return { logKind: isInnerWork(message.event.type) ? null : 'event' };
        case '@xstate.snapshot': {
          const wasActive = isActive(history.states.at(-1)?.message);
          const handled = keepState(history, entry as RecordedMessage<typeof message>);
          return { logKind: wasActive && !isActive(message) ? 'ended' : null, handled };
        }
        case '@xstate.microstep':
        case '@xstate.transition':
          keepStep(history, entry as RecordedMessage<typeof message>);
          return { logKind: null };
        case '@xstate.action':
          return { logKind: null };
      }
    },
    endAll(position, atMs, why) {
      for (const history of histories.values())
        if (!hasEnded(history))
          keepState(history, { position, atMs, message: stopOf(history, position), logKind: why });
    },
    forgetBefore(position) {
      for (const [sessionId, history] of histories)
        if (isWantedFrom(history, position)) forgetBefore(history, position);
        else histories.delete(sessionId);
    },
    get: (sessionId) => histories.get(sessionId),
    all: () => histories.values(),
    nextTransition: (moment, sessionId) => closest(moment, sessionId, firstAfter),
    previousTransition: (moment, sessionId) => closest(moment, sessionId, lastBefore),
  };
}

const isActive = (message: ActorMessage | SnapshotMessage | undefined): boolean =>
  message === undefined || message.snapshot.status === 'active';

/** Events that only start or end an actor: the log has a row for that already. */
const isInnerWork = (eventType: string): boolean =>
  eventType === 'xstate.init' || eventType === 'xstate.stop' || eventType.startsWith('xstate.promise.');

function keepOutcome(of: ActorHistory | undefined, eventType: string): void {
  if (of === undefined) return;
  if (eventType.startsWith('xstate.done.actor.')) of.outcome = 'done';
  else if (eventType.startsWith('xstate.error.actor.')) of.outcome = 'error';
}

/** The message that the actor would have sent at its end, with its last known state. */
function stopOf(history: ActorHistory, position: number): SnapshotMessage {
  const { sessionId, rootId, snapshot } = actorAtMoment(history, position);
  return {
    type: '@xstate.snapshot',
    _version: inspectionWireVersion,
    createdAt: String(snapshot.atMs),
    id: null,
    sessionId,
    rootId,
    event: { type: '' },
    snapshot: { ...newestSnapshot(snapshot), status: history.outcome ?? 'stopped' },
  };
}
