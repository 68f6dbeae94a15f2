import { setTimeout as wait } from 'node:timers/promises';

/** The value once it has not changed by more than the tolerance for a while. */
export async function untilSteady(
  read: () => number,
  { quietMs, toleranceKib }: { readonly quietMs: number; readonly toleranceKib: number },
): Promise<number> {
  let steady = { value: read(), sinceMs: performance.now() };
  while (performance.now() - steady.sinceMs < quietMs) {
    await wait(100);
    const value = read();
    if (Math.abs(value - steady.value) > toleranceKib) steady = { value, sinceMs: performance.now() };
  }
  return read();
}
