import { readFileSync } from 'node:fs';

/** A zombie, whose parent has not fetched its exit code yet, does not run. */
export function isRunning(pid: string): boolean {
  try {
    return !/\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
