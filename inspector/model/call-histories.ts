import type { CallMessage, LogMessage } from '../../src/domain/inspection.ts';
import { newestBefore, positionOf } from './actor-history.ts';
import { countBefore } from './count-before.ts';
import { missingSuccess } from './missing-success.ts';
import type { CallAt, CallStatus, RecordedMessage } from './recording.ts';

/** The messages about all calls, in the order in which the calls arrived. */
export interface CallHistories {
  keepCall(entry: RecordedMessage<CallMessage>): void;
  keepLog(entry: RecordedMessage<LogMessage>): void;
  /** From here on, pending calls have this status, until the server sends them again. */
  endAll(position: number, status: EndedStatus): void;
  forgetBefore(position: number): void;
  /** @param timeMs of the moment: a call from before the recording is listed from its arrival on */
  callsAt(moment: number, timeMs: number): readonly CallAt[];
  logOf(number: number, moment: number): readonly RecordedMessage<LogMessage>[];
}

type EndedStatus = Extract<CallStatus, 'unanswered' | 'unknown'>;

interface CallHistory {
  readonly number: number;
  /** With the status that each message gives the call. */
  states: CallAt[];
  log: RecordedMessage<LogMessage>[];
  /** The last result of `callsAt`: the same question gets the same object. */
  answer: CallAt | null;
}

interface Ending {
  readonly position: number;
  readonly status: EndedStatus;
}

/** Of the calls whose messages are all forgotten, the newest stay in the list: few megabytes, and users look for them. */
const mostFinished = 500;

export function createCallHistories(): CallHistories {
  let histories: CallHistory[] = [];
  let endings: Ending[] = [];

  const placeOf = (number: number) => countBefore(histories, number, numberOf);
  const historyOf = (number: number): CallHistory => {
    const place = placeOf(number);
    const known = histories[place];
    if (known?.number === number) return known;
    const history = { number, states: [], log: [], answer: null };
    histories.splice(place, 0, history);
    return history;
  };

  const statusAt = ({ position, status }: CallAt, moment: number): CallStatus => {
    if (!isPending(status)) return status;
    const ending = newestBefore(endings, moment);
    return ending === undefined || ending.position < position ? status : ending.status;
  };

  const callAt = (history: CallHistory, moment: number, timeMs: number): CallAt | null => {
    const { states, answer } = history;
    const state = newestBefore(states, moment) ?? stateOfPast(states[0], timeMs);
    if (state === undefined) return null;
    const status = statusAt(state, moment);
    if (status === state.status) return state;
    if (answer?.position === state.position && answer.status === status) return answer;
    history.answer = { ...state, status };
    return history.answer;
  };

  const isFinishedBefore = ({ states, log }: CallHistory, position: number): boolean => {
    const newest = states.at(-1);
    if ((newest?.position ?? -1) >= position || (log.at(-1)?.position ?? -1) >= position) return false;
    return newest === undefined || !isPending(statusAt(newest, position));
  };

  return {
    keepCall(entry) {
      const { states } = historyOf(entry.message.number);
      const newest = states.at(-1)?.message;
      // A server sends the calls from before its recording to each watcher, as they were then.
      if (entry.message.id === null && newest !== undefined && isBehind(entry.message, newest)) return;
      states.push({ ...entry, status: statusOf(entry.message) });
    },
    keepLog(entry) {
      if (entry.message.call !== undefined) historyOf(entry.message.call).log.push(entry);
    },
    endAll(position, status) {
      endings.push({ position, status });
    },
    forgetBefore(position) {
      const finished = histories.filter((history) => isFinishedBefore(history, position));
      const forgotten = new Set(finished.slice(0, -mostFinished));
      histories = histories.filter((history) => !forgotten.has(history));
      for (const history of histories) {
        history.states = fromNewestBefore(history.states, position);
        history.log = history.log.slice(countBefore(history.log, position, positionOf));
      }
      endings = fromNewestBefore(endings, position);
    },
    callsAt: (moment, timeMs) => histories.flatMap((history) => callAt(history, moment, timeMs) ?? []),
    logOf(number, moment) {
      const history = histories[placeOf(number)];
      if (history?.number !== number) return [];
      return history.log.slice(0, countBefore(history.log, moment, positionOf));
    },
  };
}

const numberOf = ({ number }: CallHistory): number => number;

export const isPending = (status: CallStatus): boolean => status === 'waiting' || status === 'running';

function statusOf(message: CallMessage): CallStatus {
  const { outcome, waitsFor } = message;
  switch (outcome) {
    case 'result':
      return missingSuccess(message) === null ? 'ok' : 'unsuccessful';
    case 'toolError':
    case 'error':
      return 'failed';
    case 'cancelled':
      return 'cancelled';
    case null:
      return waitsFor === null ? 'running' : 'waiting';
  }
}

/** A call only goes on: it waits, runs, reports progress, and has an outcome. */
function isBehind(one: CallMessage, other: CallMessage): boolean {
  const difference = stageOf(one) - stageOf(other);
  return difference < 0 || (difference === 0 && one.progressCount < other.progressCount);
}

const stageOf = ({ outcome, ranAtMs }: CallMessage): number => (outcome !== null ? 2 : ranAtMs !== null ? 1 : 0);

const stateOfPast = (state: CallAt | undefined, timeMs: number) =>
  state?.message.id === null && state.message.arrivedAtMs <= timeMs ? state : undefined;

/** Without those before the newest one before a position. */
const fromNewestBefore = <Thing extends { readonly position: number }>(things: Thing[], position: number): Thing[] =>
  things.slice(Math.max(0, countBefore(things, position, positionOf) - 1));
