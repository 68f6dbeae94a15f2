import type { InspectionMessage } from './inspection.ts';

/** A server introduces what is there in one go; what comes later than this after the last one was created meanwhile. */
const longestGapMs = 50;

/**
 * Tells apart whether an actor was created, or was there before the recording began: a server introduces the latter before it sends anything else.
 * @returns a function that takes each message of a stream, in order
 */
export function createIntroductions(): (message: InspectionMessage) => boolean {
  let isIntroducing = true;
  let newestAtMs: number | null = null;
  return (message) => {
    if (message.type === 'maitred.hello') {
      const { sinceMs } = message.recording;
      // The same recording comes again to an inspector that reconnects.
      if (newestAtMs === null || sinceMs > newestAtMs) isIntroducing = true;
      newestAtMs = Math.max(sinceMs, newestAtMs ?? 0);
      return false;
    }
    if ('id' in message && message.id === null) return true;
    const atMs = 'createdAt' in message ? Number(message.createdAt) : null;
    isIntroducing &&=
      message.type === '@xstate.actor' && (newestAtMs === null || (atMs ?? 0) - newestAtMs <= longestGapMs);
    newestAtMs = atMs ?? newestAtMs;
    return isIntroducing;
  };
}
