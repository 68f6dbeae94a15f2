import type { Door } from './door.ts';

/** Writes down a crash; returns the path of the crash file, null where there is none. */
export type CrashRecorder = (error: unknown) => string | null;

/** Only the first crash is written down: the others are its consequences. */
export function createCrashRecorder(door: Door): CrashRecorder {
  let isCrashed = false;
  return (error) => {
    if (isCrashed) return null;
    isCrashed = true;
    try {
      return (door.files.load('heartbeat') as typeof import('./heartbeat.ts')).recordCrash(door, error);
    } catch {
      // A crash that cannot be written down is still told on stderr.
      return null;
    }
  };
}
