import { readTrigger, triggerText } from './trigger.ts';

/**
 * What has happened, in the words of the chart: `runTask done` for what XState calls `xstate.done.actor.runTask`.
 * @param sourceId the state out of which it led, where that is known: the type of a delay ends with it
 */
export function eventText(eventType: string, sourceId?: string): string {
  if (!eventType.startsWith('xstate.')) return eventType;
  if (eventType.startsWith('xstate.after.') && (sourceId === undefined || !eventType.endsWith(`.${sourceId}`)))
    return eventType;
  return triggerText(readTrigger(eventType, sourceId ?? ''));
}
