import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startInterval, startTimer, wait } from '../../src/domain/timers.ts';

const dayMs = 24 * 60 * 60 * 1_000;

/** Like Node's, they fire after 1 ms where the delay is longer than 2^31 - 1 ms. */
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** When each run took place, in milliseconds from now. */
function aRecorder() {
  const startedAtMs = Date.now();
  const runs: number[] = [];
  return { runs, run: () => void runs.push(Date.now() - startedAtMs) };
}

describe('A timer', () => {
  it.each([1, 1_000, 20 * dayMs, 2 ** 31 - 1, 2 ** 31, 25 * dayMs, 3e9, 100 * dayMs])(
    'fires after %d ms, once',
    (ms) => {
      const { runs, run } = aRecorder();
      startTimer(run, ms);
      vi.advanceTimersByTime(4 * ms);
      expect(runs).toHaveLength(1);
      expect(Math.abs((runs[0] ?? 0) - ms)).toBeLessThan(10);
    },
  );

  it.each([0, -1])('fires at once after %d ms', (ms) => {
    const { runs, run } = aRecorder();
    startTimer(run, ms);
    vi.advanceTimersByTime(1);
    expect(runs).toHaveLength(1);
  });

  it('whose time is over already prints no warning, as a newer Node does for a delay below 0', () => {
    const fake = globalThis.setTimeout;
    const delays: unknown[] = [];
    // A spy of Vitest on a fake timer would stay for the files that follow.
    globalThis.setTimeout = ((run: () => void, ms: number) => {
      delays.push(ms);
      return fake(run, ms);
    }) as typeof setTimeout;
    startTimer(() => undefined, -1);
    globalThis.setTimeout = fake;
    expect(delays).toEqual([0]);
  });

  it('that is endless does not fire, and does not keep the program busy', () => {
    const { runs, run } = aRecorder();
    startTimer(run, Infinity);
    vi.advanceTimersByTime(100 * dayMs);
    expect(runs).toEqual([]);
  });

  it('that is cleared does not fire, also not after its first 25 days', () => {
    const { runs, run } = aRecorder();
    const timer = startTimer(run, 60 * dayMs);
    vi.advanceTimersByTime(50 * dayMs);
    clearTimeout(timer);
    vi.advanceTimersByTime(50 * dayMs);
    expect(runs).toEqual([]);
  });
});

describe('An interval', () => {
  it.each([1_000, 30 * dayMs])('of %d ms runs again and again until it is cleared', (ms) => {
    const { runs, run } = aRecorder();
    const timer = startInterval(() => {
      run();
      if (runs.length > 10) clearInterval(timer);
    }, ms);
    vi.advanceTimersByTime(3 * ms + 10);
    clearInterval(timer);
    vi.advanceTimersByTime(3 * ms);
    expect(runs.map((atMs) => Math.round(atMs / ms))).toEqual([1, 2, 3]);
  });

  it('may be cleared by what it runs', () => {
    const { runs, run } = aRecorder();
    const timer = startInterval(() => {
      run();
      clearInterval(timer);
    }, 1_000);
    vi.advanceTimersByTime(5_000);
    expect(runs).toEqual([1_000]);
  });
});

describe('A wait', () => {
  it('ends when its time is up', async () => {
    const { runs, run } = aRecorder();
    const waiting = wait(50, new AbortController().signal).then(run);
    await vi.advanceTimersByTimeAsync(100);
    await waiting;
    expect(runs).toHaveLength(1);
  });

  it('is rejected with the reason when its signal is aborted, before or meanwhile, and leaves no timer', async () => {
    await expect(wait(50, AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
    const controller = new AbortController();
    const waiting = wait(50, controller.signal);
    controller.abort(new Error('meanwhile'));
    await expect(waiting).rejects.toThrow('meanwhile');
    expect(vi.getTimerCount()).toBe(0);
  });
});
