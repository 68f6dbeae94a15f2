import { readTrigger, triggerText } from '../../../src/drawing/trigger.ts';
import type { LogRow } from '../../model/log-row.ts';
import { server } from '../page-state.ts';

/** What has happened, in the words of the chart: `runTask done` for what XState calls `xstate.done.actor.runTask`. */
export function sayEvent({ news, text, position }: LogRow): string {
  if (news !== 'event' || !text.startsWith('xstate.')) return text;
  const source = server.value?.recording.outcomeOf(position)?.transitions[0]?.taken.source;
  if (text.startsWith('xstate.after.') && (source === undefined || !text.endsWith(`.${source}`))) return text;
  return triggerText(readTrigger(text, source ?? ''));
}
