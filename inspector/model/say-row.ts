import { eventText } from '../../src/drawing/trigger.ts';
import type { LogRow } from './log-row.ts';
import type { Recording } from './recording.ts';

/** What a row of the log says: an event in the words of its chart. */
export function sayRow({ news, text, position }: LogRow, recording: Pick<Recording, 'outcomeOf'>): string {
  if (news !== 'event') return text;
  return eventText(text, recording.outcomeOf(position)?.transitions[0]?.taken.source);
}
