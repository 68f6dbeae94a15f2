import type { SessionEventMessage } from '../../src/domain/inspection.ts';
import { countBefore } from './count-before.ts';
import type { RecordedMessage } from './recording.ts';

/** What the agents of sessions have reported, by the chart of the session. */
export interface SessionHistories {
  /** Ignores an event whose number is known: a server sends those of running sessions again after a loss. */
  keep(entry: RecordedMessage<SessionEventMessage>): void;
  forgetBefore(position: number): void;
  eventsOf(session: string, moment: number): readonly RecordedMessage<SessionEventMessage>[];
}

interface SessionHistory {
  /** In the order of their numbers. */
  events: RecordedMessage<SessionEventMessage>[];
  /** The last result of `eventsOf`: the same question gets the same object. */
  answer: readonly RecordedMessage<SessionEventMessage>[];
}

/** Of one session: the newest. */
const mostEvents = 2_000;

export function createSessionHistories(): SessionHistories {
  const histories = new Map<string, SessionHistory>();
  return {
    keep(entry) {
      const { session, number } = entry.message;
      const history = histories.get(session) ?? { events: [], answer: [] };
      histories.set(session, history);
      const { events } = history;
      const place = countBefore(events, number, numberOf);
      if (events[place]?.message.number === number) return;
      events.splice(place, 0, entry);
      if (events.length > mostEvents) events.shift();
    },
    forgetBefore(position) {
      for (const [session, history] of histories) {
        history.events = history.events.filter((event) => event.position >= position);
        if (history.events.length === 0) histories.delete(session);
      }
    },
    eventsOf(session, moment) {
      const history = histories.get(session);
      if (history === undefined) return [];
      const events = history.events.filter(({ position }) => position < moment);
      if (!isSame(events, history.answer)) history.answer = events;
      return history.answer;
    },
  };
}

const numberOf = ({ message }: RecordedMessage<SessionEventMessage>): number => message.number;

const isSame = <Thing>(some: readonly Thing[], others: readonly Thing[]): boolean =>
  some.length === others.length && some.every((one, at) => one === others[at]);
