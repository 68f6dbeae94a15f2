import type { Recording } from './recording.ts';
import { saySecond } from './time-words.ts';

/** Which past of a server is known, in words. */
export function sayPast({ hello, first }: Recording): string {
  if (hello === null) return '';
  const { since, sinceMs, dropped } = hello.recording;
  const known =
    since === 'greeting'
      ? 'Recorded since its greeting'
      : `Recording began when the first window attached, at ${saySecond(sinceMs)}; before that only the phases are known`;
  const lost = dropped.messages + first;
  return lost === 0 ? `${known}.` : `${known}. The oldest ${lost.toLocaleString('en')} messages are lost.`;
}
