import { errorCodeOf } from '../error-code.ts';

/** @returns whether the process exists. EPERM is not an error: it exists and now runs as another user. */
export function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (thrown) {
    const code = errorCodeOf(thrown);
    if (code !== 'ESRCH' && code !== 'EPERM') throw thrown;
    return code === 'EPERM';
  }
}
