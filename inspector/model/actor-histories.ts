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
  type EntryOf,
  forgetBefore,
  hasEnded,
  isWantedFrom,
  keepEvent,
  keepState,
  keepStep,
} from './actor-history.ts';
import { firstAfter, lastBefore } from './count-before.ts';
import { newestSnapshot } from './newest-snapshot.ts';
import type { Entry, News } from './recording.ts';

/** What is kept of every actor, in the order in which they came. */
export interface ActorHistories {
  /** @returns what is worth a line in the log, and the event that has been dealt with */
  keep(entry: EntryOf<ChartMessage>): Kept;
  /** What has ended unseen is not introduced again, what lives is, right after; and with its server everything ends. */
  endAll(position: number, atMs: number): void;
  forgetBefore(position: number): void;
  get(sessionId: string): ActorHistory | undefined;
  all(): Iterable<ActorHistory>;
  /** The next moment after, or the last before, at which a transition has been dealt with: by this actor, or by any. */
  nextTransition(moment: number, sessionId?: string): number | null;
  previousTransition(moment: number, sessionId?: string): number | null;
}

export interface Kept {
  readonly news: News | null;
  readonly dealtWith?: Entry | undefined;
}

export function createActorHistories(): ActorHistories {
  const histories = new Map<string, ActorHistory>();
  const historiesOf = (sessionId: string | undefined): Iterable<ActorHistory> => {
    if (sessionId === undefined) return histories.values();
    const history = histories.get(sessionId);
    return history === undefined ? [] : [history];
  };

  const open = (message: ChartMessage, position: number): ActorHistory => {
    const history = createActorHistory(message, position);
    histories.set(message.sessionId, history);
    return history;
  };

  return {
    keep(entry) {
      const { position, message } = entry;
      const known = histories.get(message.sessionId);
      const history = known ?? open(message, position);
      switch (message.type) {
        case '@xstate.actor':
          history.introduction = message;
          keepState(history, entry as EntryOf<typeof message>);
          return { news: known === undefined ? 'came' : null };
        case '@xstate.event':
          keepEvent(history, entry as EntryOf<typeof message>);
          keepOutcome(histories.get(message.sourceId ?? ''), message.event.type);
          return { news: isInnerWork(message.event.type) ? null : 'event' };
        case '@xstate.snapshot': {
          const wasThere = isActive(history.states.at(-1)?.message);
          const dealtWith = keepState(history, entry as EntryOf<typeof message>);
          return { news: wasThere && !isActive(message) ? 'ended' : null, dealtWith };
        }
        case '@xstate.microstep':
        case '@xstate.transition':
          keepStep(history, entry as EntryOf<typeof message>);
          return { news: null };
        case '@xstate.action':
          return { news: null };
      }
    },
    endAll(position, atMs) {
      for (const history of histories.values())
        if (!hasEnded(history)) keepState(history, { position, atMs, message: stopOf(history, position), news: null });
    },
    forgetBefore(position) {
      for (const [sessionId, history] of histories)
        if (isWantedFrom(history, position)) forgetBefore(history, position);
        else histories.delete(sessionId);
    },
    get: (sessionId) => histories.get(sessionId),
    all: () => histories.values(),
    nextTransition(moment, sessionId) {
      let next: number | null = null;
      for (const { transitionMoments } of historiesOf(sessionId)) {
        const found = firstAfter(transitionMoments, moment);
        if (found !== null && (next === null || found < next)) next = found;
      }
      return next;
    },
    previousTransition(moment, sessionId) {
      let previous: number | null = null;
      for (const { transitionMoments } of historiesOf(sessionId)) {
        const found = lastBefore(transitionMoments, moment);
        if (found !== null && (previous === null || found > previous)) previous = found;
      }
      return previous;
    },
  };
}

const isActive = (message: ActorMessage | SnapshotMessage | undefined): boolean =>
  message === undefined || message.snapshot.status === 'active';

/** What tells no more than that an actor has come or ended, which has a row of its own. */
const isInnerWork = (eventType: string): boolean =>
  eventType === 'xstate.init' || eventType === 'xstate.stop' || eventType.startsWith('xstate.promise.');

function keepOutcome(of: ActorHistory | undefined, eventType: string): void {
  if (of === undefined) return;
  if (eventType.startsWith('xstate.done.actor.')) of.outcome = 'done';
  else if (eventType.startsWith('xstate.error.actor.')) of.outcome = 'error';
}

/** As if it had said that it has ended, in the state that is known. */
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
