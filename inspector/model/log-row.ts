import type { ActorMessage, HelloMessage, Json, LostMessage } from '../../src/domain/inspection.ts';
import { eventText } from '../../src/drawing/trigger.ts';
import { failedCallPayload, failedCallText } from './failed-call.ts';
import { formatValue } from './format-value.ts';
import type { LogKind, RecordedMessage, Recording } from './recording.ts';

/** A row of the log. */
export interface LogRow {
  readonly position: number;
  readonly atMs: number;
  readonly logKind: LogKind;
  /** The actor that sent the event or started the target; null: neither, it came from outside. */
  readonly source: NamedActor | null;
  /** The actor that the row is about; null: the server. */
  readonly target: NamedActor | null;
  /** The type of the event; of other rows a text. */
  readonly text: string;
  readonly isError: boolean;
  /** The other members of the event, or the input, output or error of the actor. */
  readonly payload: Json | null;
}

export interface NamedActor {
  readonly sessionId: string;
  readonly name: string;
}

/** @returns null for a message without a row in the log */
export function logRow(entry: RecordedMessage, recording: Pick<Recording, 'nameOf'>): LogRow | null {
  const { position, atMs, logKind, message } = entry;
  if (logKind === null) return null;
  const namedActor = (sessionId: string | undefined) =>
    sessionId === undefined ? null : { sessionId, name: recording.nameOf(sessionId) };
  const row = { position, atMs, logKind, source: null, target: null, isError: isErrorMessage(entry), payload: null };
  switch (message.type) {
    case '@xstate.event': {
      const { type, ...payload } = message.event;
      return {
        ...row,
        source: namedActor(message.sourceId),
        target: namedActor(message.sessionId),
        text: type,
        payload: Object.keys(payload).length === 0 ? null : payload,
      };
    }
    case '@xstate.actor':
      return {
        ...row,
        source: namedActor(message.parentId),
        target: namedActor(message.sessionId),
        text: `${logKind === 'created' ? 'created' : 'already there'}${logicText(message)}`,
        payload: message.snapshot.input ?? null,
      };
    case '@xstate.snapshot': {
      const { status, output, error } = message.snapshot;
      return {
        ...row,
        target: namedActor(message.sessionId),
        text: endText(status, error),
        payload: error ?? output ?? null,
      };
    }
    case 'maitred.call':
    case 'maitred.callCount':
      return { ...row, text: failedCallText(message), payload: failedCallPayload(message) };
    case 'maitred.hello':
      return { ...row, text: pastText(message) };
    case 'maitred.lost':
      return { ...row, text: lostText(message) };
    case 'maitred.bye':
      return { ...row, text: message.why };
    default:
      return null;
  }
}

/** An event as its chart names it; of other rows the text. */
export function describeRow({ logKind, text, position }: LogRow, recording: Pick<Recording, 'outcomeOf'>): string {
  if (logKind !== 'event') return text;
  return eventText(text, recording.outcomeOf(position)?.transitions[0]?.taken.source);
}

/** The sender and the receiver of a row: `shop → oven`; empty if the row is about the server. */
export function describeRoute({ source, target }: LogRow): string {
  if (target === null) return '';
  return source === null || source.sessionId === target.sessionId ? target.name : `${source.name} → ${target.name}`;
}

/** Whether a message reports an error: an error event, an actor that ended with an error, or a call that failed. */
export function isErrorMessage({ logKind, message }: RecordedMessage): boolean {
  if (message.type === '@xstate.event') return message.event.type.startsWith('xstate.error.');
  if (logKind === 'callFailed') return true;
  return logKind === 'ended' && message.type === '@xstate.snapshot' && message.snapshot.status === 'error';
}

function endText(status: string, error: Json | undefined): string {
  if (status === 'error') return error === undefined ? 'failed' : `failed: ${formatValue(error)}`;
  return status === 'done' ? 'finished' : status;
}

/** Names the logic of an actor, if its name does not. */
const logicText = ({ src, name }: ActorMessage): string => (src === null || src === name ? '' : `: ${src}`);

function pastText({ recording: { since, dropped } }: HelloMessage): string {
  const from = since === 'greeting' ? 'recorded from the start' : 'recorded since the first watcher attached';
  return dropped.messages === 0 ? from : `${from}; the first ${dropped.messages} messages are no longer kept`;
}

const lostText = ({ messages, why }: LostMessage): string =>
  `${messages} ${messages === 1 ? 'message is' : 'messages are'} missing: ${why === 'notReadable' ? 'the server could not create them' : 'the inspector was too slow'}`;
