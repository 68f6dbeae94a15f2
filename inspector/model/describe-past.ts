import { secondText } from '../../src/domain/clock-text.ts';
import { digitsText } from '../../src/domain/count-text.ts';
import type { HelloMessage } from '../../src/domain/inspection.ts';

export interface KnownPast {
  readonly hello: HelloMessage | null;
  /** The number of messages that the page received and no longer keeps. */
  readonly forgotten: number;
  /** The number of messages that the page never received. */
  readonly lost: number;
}

/** How much of a server's past is known, in sentences; empty before its first message. */
export function describePast({ hello, forgotten, lost }: KnownPast): string {
  if (hello === null) return '';
  const { since, sinceMs, dropped } = hello.recording;
  const known =
    since === 'greeting'
      ? 'Recorded from the start.'
      : `Recorded since ${secondText(sinceMs)}, when the first watcher attached; before that, only the phases and the calls are known.`;
  const gone = forgotten + dropped.messages;
  return [
    known,
    gone === 0 ? '' : `The oldest ${countOf(gone)} no longer kept.`,
    lost === 0 ? '' : `${countOf(lost)} missing.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

const countOf = (messages: number): string =>
  messages === 1 ? '1 message is' : `${digitsText(messages)} messages are`;
