import { encodeJson } from '../../src/domain/encode-json.ts';
import type { CallMessage, LogMessage } from '../../src/domain/inspection.ts';
import { callName, ranMs, waitedMs } from './describe-call.ts';
import type { CallAt, CallStatus, Recording } from './recording.ts';

export type CallColumn = 'status' | 'tool' | 'waited' | 'ran' | 'size' | 'request' | 'answer';

export interface CallFilter {
  /** Part of the tool, the request, the answer, the progress or the log of a call; upper and lower case are equal. */
  readonly text?: string;
  /** A tool, or a method of other requests. */
  readonly name?: string | null;
  readonly status?: CallStatus | null;
}

export interface CallOrder {
  readonly column: CallColumn;
  readonly isDescending: boolean;
}

export interface ShownMoment {
  readonly moment: number;
  /** Up to which pending calls wait or run. */
  readonly atMs: number;
}

/** The calls that match a filter. Each message is searched once: create another table for another filter. */
export interface CallTable {
  /** @param order null: that of their arrival */
  rows(calls: readonly CallAt[], order: CallOrder | null, shown: ShownMoment): readonly CallAt[];
}

export function createCallTable(
  recording: Pick<Recording, 'logOfCall'>,
  { text = '', name = null, status = null }: CallFilter,
): CallTable {
  const wanted = text.trim().toLowerCase();
  const found = new WeakMap<CallMessage | LogMessage, boolean>();
  const hasText = (message: CallMessage | LogMessage): boolean => {
    const known = found.get(message) ?? searchedText(message).toLowerCase().includes(wanted);
    found.set(message, known);
    return known;
  };
  const matches = (call: CallAt, moment: number): boolean =>
    (status === null || call.status === status) &&
    (name === null || callName(call.message) === name) &&
    (wanted === '' ||
      hasText(call.message) ||
      recording.logOfCall(call.message.number, moment).some(({ message }) => hasText(message)));
  return {
    rows(calls, order, { moment, atMs }) {
      const rows = calls.filter((call) => matches(call, moment));
      if (order === null) return rows;
      const sign = order.isDescending ? -1 : 1;
      return rows
        .map((call) => ({ call, key: keyOf(call, order.column, atMs) }))
        .sort((one, other) => sign * compare(one.key, other.key))
        .map(({ call }) => call);
    },
  };
}

const searchedText = (message: CallMessage | LogMessage): string =>
  message.type === 'maitred.log'
    ? `${message.event} ${encodeJson(message.fields)}`
    : [callName(message), message.request.text, message.answer?.text ?? '', message.progress ?? ''].join('\n');

/** Those that need attention first. */
const statusOrder: readonly CallStatus[] = [
  'failed',
  'unsuccessful',
  'unanswered',
  'unknown',
  'waiting',
  'running',
  'cancelled',
  'ok',
];

type Key = string | number;

/** What is not known is less than all else. */
function keyOf(call: CallAt, column: CallColumn, atMs: number): Key {
  const { message, status } = call;
  switch (column) {
    case 'status':
      return statusOrder.indexOf(status);
    case 'tool':
      return callName(message);
    case 'waited':
      return waitedMs(call, atMs) ?? -1;
    case 'ran':
      return ranMs(call, atMs) ?? -1;
    case 'size':
      return message.answer?.sizeBytes ?? -1;
    case 'request':
      return message.request.text;
    case 'answer':
      return message.answer?.text ?? '';
  }
}

const compare = (one: Key, other: Key): number => (one < other ? -1 : one > other ? 1 : 0);
