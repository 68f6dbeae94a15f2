import { secondText } from '../../src/domain/clock-text.ts';
import type { HelloMessage } from '../../src/domain/inspection.ts';
import { sayCount } from './say-count.ts';

export interface KnownPast {
  readonly hello: HelloMessage | null;
  /** Messages that came and are no longer kept here. */
  readonly forgotten: number;
  /** Messages that never came. */
  readonly lost: number;
}

/** Which past of a server is known, in sentences; empty where nothing was heard of it. */
export function sayPast({ hello, forgotten, lost }: KnownPast): string {
  if (hello === null) return '';
  const { since, sinceMs, dropped } = hello.recording;
  const known =
    since === 'greeting'
      ? 'Recorded since its greeting.'
      : `Recording began when this inspector attached at ${secondText(sinceMs)}; before that only the phases are known.`;
  const gone = forgotten + dropped.messages;
  return [
    known,
    gone === 0 ? '' : `The oldest ${countOf(gone)} no longer kept.`,
    lost === 0 ? '' : `${countOf(lost)} missing in between.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

const countOf = (messages: number): string => (messages === 1 ? '1 message is' : `${sayCount(messages)} messages are`);
