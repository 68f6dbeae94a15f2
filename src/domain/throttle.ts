import { startTimer } from './timers.ts';

/** Calls of one function, not too often. */
export interface Throttle {
  /** Calls within the pause; once for all that ask meanwhile. */
  soon(): void;
  /** Calls at once. */
  now(): void;
  /** Calls no more. */
  end(): void;
}

export function createThrottle(call: () => void, pauseMs: number): Throttle {
  let timer: NodeJS.Timeout | null = null;
  let hasEnded = false;
  const stop = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  const now = () => {
    stop();
    if (!hasEnded) call();
  };
  return {
    soon() {
      if (!hasEnded) timer ??= startTimer(now, pauseMs);
    },
    now,
    end() {
      hasEnded = true;
      stop();
    },
  };
}
