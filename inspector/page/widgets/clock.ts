import { type ReadonlySignal, signal } from '@preact/signals';

/** The time in ms, updated while a component uses it. */
export function createClock(everyMs: number): ReadonlySignal<number> {
  let timer: ReturnType<typeof setInterval> | undefined;
  const tick = () => {
    now.value = Date.now();
  };
  const now = signal(Date.now(), {
    watched() {
      tick();
      timer = setInterval(tick, everyMs);
    },
    unwatched() {
      clearInterval(timer);
    },
  });
  return now;
}
