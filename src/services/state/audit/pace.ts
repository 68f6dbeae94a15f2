/** Shares the event loop: long work asks after each small step whether it has had its turn. */
export interface Pace {
  /** Whether the work has held the loop for its share. */
  readonly isDue: boolean;
  /** Lets the loop turn once. @throws the signal's reason, if it was aborted meanwhile */
  breathe(signal: AbortSignal): Promise<void>;
}

/** With what one step and the collection of garbage take, the loop is free again within about 5 ms. */
const shareMs = 2;

/** @param clockMs a clock that never goes back */
export function createPace(clockMs: () => number): Pace {
  let sinceMs = clockMs();
  return {
    get isDue() {
      return clockMs() - sinceMs >= shareMs;
    },
    async breathe(signal) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
      sinceMs = clockMs();
    },
  };
}
