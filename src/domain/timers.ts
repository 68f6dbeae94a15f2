/** The platform's timers fire after 1 ms where their delay is longer than 2^31 - 1 ms. */
const longestDelayMs = 2_000_000_000;

/**
 * Runs a function once. Never early, however long the delay is; does not keep the process alive.
 *
 * @param delayMs what is below 0 is a delay that is over: a newer Node prints a warning for that
 */
export function startTimer(run: () => void, delayMs: number): NodeJS.Timeout {
  const ms = Math.max(delayMs, 0);
  const rounds = Math.ceil(ms / longestDelayMs) || 1;
  let done = 0;
  const timer = setTimeout(
    () => {
      done += 1;
      if (done % rounds > 0) timer.refresh();
      else run();
    },
    rounds < Infinity ? ms / rounds : longestDelayMs,
  );
  return timer.unref();
}

/** Runs a function again and again. Never early, however long the pause is; does not keep the process alive. */
export function startInterval(run: () => void, ms: number): NodeJS.Timeout {
  const timer = startTimer(() => {
    timer.refresh();
    run();
  }, ms);
  return timer;
}

/** Settles when the time is up. @throws the signal's reason when that is aborted before */
export function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = startTimer(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms).ref();
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
}
