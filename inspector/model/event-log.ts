import { countBefore, itself } from './count-before.ts';
import { isErrorEntry, type LogRow, logRow } from './log-row.ts';
import type { Entry, Recording } from './recording.ts';

export interface LogFilter {
  /** Of this actor: it has sent it, or it was sent to it. */
  readonly sessionId?: string | null;
  /** Stands in the type of the event, or in the name of the actor that has come or ended; in any case of letters. */
  readonly text?: string;
  readonly onlyErrors?: boolean;
  readonly onlyEvents?: boolean;
}

/**
 * The rows of a recording that fit a filter. It reads on by itself what has come since it was asked last; rows are numbered from 0, the oldest that is kept.
 * Another filter is another log.
 */
export interface EventLog {
  /** How many rows stand before a moment. */
  countAt(moment: number): number;
  /** Rows by number. */
  rows(from: number, to: number): readonly LogRow[];
}

export function createEventLog(recording: Recording, filter: LogFilter = {}): EventLog {
  let positions: number[] = [];
  let readTo = recording.first;
  const fits = fitting(filter, recording);

  const readOn = () => {
    const { first, end } = recording;
    const forgotten = countBefore(positions, first, itself);
    if (forgotten > 0) positions = positions.slice(forgotten);
    for (readTo = Math.max(readTo, first); readTo < end; readTo += 1)
      if (fits(recording.at(readTo))) positions.push(readTo);
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

function fitting(
  { sessionId = null, text = '', onlyErrors = false, onlyEvents = false }: LogFilter,
  recording: Recording,
): (entry: Entry) => boolean {
  const wanted = text.trim().toLowerCase();
  return (entry) => {
    if (entry.news === null || (onlyEvents && entry.news !== 'event')) return false;
    if (onlyErrors && !isErrorEntry(entry)) return false;
    if (sessionId !== null && !speaksOf(entry, sessionId)) return false;
    return wanted === '' || searchedText(entry, recording).toLowerCase().includes(wanted);
  };
}

function speaksOf({ message }: Entry, sessionId: string): boolean {
  if (!('sessionId' in message)) return false;
  return message.sessionId === sessionId || (message.type === '@xstate.event' && message.sourceId === sessionId);
}

function searchedText({ message }: Entry, recording: Recording): string {
  if (message.type === '@xstate.event') return message.event.type;
  return 'sessionId' in message ? recording.nameOf(message.sessionId) : '';
}
