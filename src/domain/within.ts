import { startTimer } from './timers.ts';

/** Resolves when the work settles, when the time is up, or when a given signal is aborted. Never rejects. */
export function within(limitMs: number, work: Promise<unknown>, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = startTimer(resolve, limitMs).ref();
    const finish = () => {
      clearTimeout(timer);
      resolve();
    };
    if (signal?.aborted) finish();
    signal?.addEventListener('abort', finish);
    work.then(finish, finish);
  });
}
