import { readTrigger, triggerText } from '../../src/drawing/trigger.ts';
import type { LogRow } from './log-row.ts';

/**
 * What has happened, in the words of the chart: `runTask done` for what XState calls `xstate.done.actor.runTask`.
 * @param sourceId the state out of which it led, where that is known: the type of a delay ends with it
 */
export function sayEvent({ news, text }: Pick<LogRow, 'news' | 'text'>, sourceId: string | undefined): string {
  if (news !== 'event' || !text.startsWith('xstate.')) return text;
  if (text.startsWith('xstate.after.') && (sourceId === undefined || !text.endsWith(`.${sourceId}`))) return text;
  return triggerText(readTrigger(text, sourceId ?? ''));
}
