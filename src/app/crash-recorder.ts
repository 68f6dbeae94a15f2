import type { Host } from './host.ts';

/** Writes down a crash; returns the path of the crash file, null where there is none. */
export type CrashRecorder = (error: unknown) => string | null;

/** Only the first crash is written down: the others are its consequences. */
export function createCrashRecorder(getHost: () => Host): CrashRecorder {
  let isCrashed = false;
  return (error) => {
    if (isCrashed) return null;
    isCrashed = true;
    try {
      const host = getHost();
      return host.context.files.load<typeof import('./work.ts')>('work').recordCrash(host, error);
    } catch {
      // A crash that cannot be written down is still reported on stderr.
      return null;
    }
  };
}
