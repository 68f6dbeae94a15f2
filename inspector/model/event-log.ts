import { eventText } from '../../src/drawing/trigger.ts';
import { countBefore, itself } from './count-before.ts';
import { failedCallText } from './failed-call.ts';
import { isErrorMessage, type LogRow, logRow } from './log-row.ts';
import type { RecordedMessage, Recording } from './recording.ts';

export interface LogFilter {
  /** Keeps events that this actor sent or received. */
  readonly sessionId?: string | null;
  /** Part of an event's type or its plain words, of the name of an actor that was created or ended, or of a failed call; upper and lower case are equal. */
  readonly text?: string;
  readonly onlyErrors?: boolean;
  readonly onlyEvents?: boolean;
}

/**
 * The rows of a recording that match a filter. Each question reads the messages that are new since the last one. Rows are numbered from 0, the oldest
 * that is kept. Create another log for another filter.
 */
export interface EventLog {
  /** The number of rows before a moment. */
  countAt(moment: number): number;
  /** Rows by number, `to` excluded. */
  rows(from: number, to: number): readonly LogRow[];
}

export function createEventLog(recording: Recording, filter: LogFilter = {}): EventLog {
  let positions: number[] = [];
  let readTo = recording.first;
  const matches = createMatcher(filter, recording);

  const readOn = () => {
    const { first, end } = recording;
    const forgotten = countBefore(positions, first, itself);
    if (forgotten > 0) positions = positions.slice(forgotten);
    for (readTo = Math.max(readTo, first); readTo < end; readTo += 1)
      if (matches(recording.at(readTo))) positions.push(readTo);
  };

  return {
    countAt(moment) {
      readOn();
      return countBefore(positions, moment, itself);
    },
    rows(from, to) {
      readOn();
      return positions
        .slice(Math.max(0, from), Math.max(0, to))
        .flatMap((position) => logRow(recording.at(position), recording) ?? []);
    },
  };
}

function createMatcher(
  { sessionId = null, text = '', onlyErrors = false, onlyEvents = false }: LogFilter,
  recording: Recording,
): (entry: RecordedMessage) => boolean {
  const wanted = text.trim().toLowerCase();
  return (entry) => {
    if (entry.logKind === null || (onlyEvents && entry.logKind !== 'event')) return false;
    if (onlyErrors && !isErrorMessage(entry)) return false;
    if (sessionId !== null && !isAbout(entry, sessionId)) return false;
    return wanted === '' || searchedText(entry, recording).toLowerCase().includes(wanted);
  };
}

function isAbout({ message }: RecordedMessage, sessionId: string): boolean {
  if (!('sessionId' in message)) return false;
  return message.sessionId === sessionId || (message.type === '@xstate.event' && message.sourceId === sessionId);
}

function searchedText({ message }: RecordedMessage, recording: Recording): string {
  if (message.type === '@xstate.event') return `${message.event.type} ${eventText(message.event.type)}`;
  if (message.type === 'maitred.call' || message.type === 'maitred.callCount') return failedCallText(message);
  return 'sessionId' in message ? recording.nameOf(message.sessionId) : '';
}
