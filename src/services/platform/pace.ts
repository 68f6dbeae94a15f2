/** Shares the event loop: long work checks after each small step whether it must yield. */
export interface Pace {
  /** Whether the work has blocked the loop for its share. */
  readonly isDue: boolean;
  /** Lets the loop turn once. @throws the signal's reason, if it was aborted meanwhile */
  yieldOnce(signal?: AbortSignal): Promise<void>;
}

/** Together with one step and a garbage collection, the loop is blocked for about 5 ms. */
const shareMs = 2;

/** @param clockMs a monotonic clock */
export function createPace(clockMs: () => number): Pace {
  let sinceMs = clockMs();
  return {
    get isDue() {
      return clockMs() - sinceMs >= shareMs;
    },
    async yieldOnce(signal) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      sinceMs = clockMs();
    },
  };
}
