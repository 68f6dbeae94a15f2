import { readTrigger, triggerText } from '../../src/drawing/trigger.ts';
import type { LogRow } from './log-row.ts';
import type { Outcome } from './recording.ts';

/**
 * What has happened, in the words of the chart: `runTask done` for what XState calls `xstate.done.actor.runTask`.
 * @param outcome what it has led to: it tells which part of the type of a delay is its name
 */
export function sayEvent({ news, text }: Pick<LogRow, 'news' | 'text'>, outcome: Outcome | null): string {
  if (news !== 'event' || !text.startsWith('xstate.')) return text;
  const source = outcome?.transitions[0]?.taken.source;
  if (text.startsWith('xstate.after.') && (source === undefined || !text.endsWith(`.${source}`))) return text;
  return triggerText(readTrigger(text, source ?? ''));
}
