import { errorCodeOf } from '../error-code.ts';

/** A process that is gone is no error, nor is one that has become somebody else's: who looks again finds it alive. */
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
