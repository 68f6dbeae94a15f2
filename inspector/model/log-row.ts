import type { HelloMessage, Json, LostMessage } from '../../src/domain/inspection.ts';
import type { Entry, News, Recording } from './recording.ts';
import { showValue } from './show-value.ts';

/** A line of the log. */
export interface LogRow {
  readonly position: number;
  readonly atMs: number;
  readonly news: News;
  /** Who has sent it, or started it; null: it came from outside. */
  readonly source: Party | null;
  /** Whom it is about; null: the server. */
  readonly target: Party | null;
  /** The type of the event; else words. */
  readonly text: string;
  readonly isError: boolean;
  /** What came with it: the rest of the event, the output, the error. */
  readonly payload: Json | null;
}

export interface Party {
  readonly sessionId: string;
  readonly name: string;
}

/** @returns null for what does not stand in the log */
export function logRow(entry: Entry, recording: Pick<Recording, 'nameOf'>): LogRow | null {
  const { position, atMs, news, message } = entry;
  if (news === null) return null;
  const partyOf = (sessionId: string | undefined) =>
    sessionId === undefined ? null : { sessionId, name: recording.nameOf(sessionId) };
  const row = { position, atMs, news, source: null, target: null, isError: isErrorEntry(entry), payload: null };
  switch (message.type) {
    case '@xstate.event': {
      const { type, ...payload } = message.event;
      return {
        ...row,
        source: partyOf(message.sourceId),
        target: partyOf(message.sessionId),
        text: type,
        payload: Object.keys(payload).length === 0 ? null : payload,
      };
    }
    case '@xstate.actor':
      return {
        ...row,
        source: partyOf(message.parentId),
        target: partyOf(message.sessionId),
        text: message.src === null ? 'is there' : `is there: ${message.src}`,
        payload: message.snapshot.input ?? null,
      };
    case '@xstate.snapshot': {
      const { status, output, error } = message.snapshot;
      return {
        ...row,
        target: partyOf(message.sessionId),
        text: endWords(status, error),
        payload: error ?? output ?? null,
      };
    }
    case 'maitred.hello':
      return { ...row, text: pastWords(message) };
    case 'maitred.lost':
      return { ...row, text: lostWords(message) };
    case 'maitred.bye':
      return { ...row, text: message.why };
    default:
      return null;
  }
}

/** Whether it tells of an error: an event that brings one, or an actor that has ended with one. */
export function isErrorEntry({ news, message }: Entry): boolean {
  if (message.type === '@xstate.event') return message.event.type.startsWith('xstate.error.');
  return news === 'ended' && message.type === '@xstate.snapshot' && message.snapshot.status === 'error';
}

function endWords(status: string, error: Json | undefined): string {
  if (status === 'error') return error === undefined ? 'failed' : `failed: ${showValue(error)}`;
  return status === 'done' ? 'is done' : `is ${status}`;
}

function pastWords({ recording: { since, dropped } }: HelloMessage): string {
  const from = since === 'greeting' ? 'recorded since the greeting' : 'recorded since the first watcher came';
  return dropped.messages === 0 ? from : `${from}; there was no room for the first ${dropped.messages} messages`;
}

const lostWords = ({ messages, why }: LostMessage): string =>
  why === 'notReadable'
    ? `${messages} ${messages === 1 ? 'message' : 'messages'} could not be made`
    : `${messages} ${messages === 1 ? 'message is' : 'messages are'} missing here: the inspector was too slow`;
