import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createThrottle } from '../../src/domain/throttle.ts';

function aThrottle() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  let calls = 0;
  const throttle = createThrottle(() => {
    calls += 1;
  }, 1_000);
  return { ...throttle, calls: () => calls };
}

describe('A throttled function', () => {
  it('is called once for all that ask within the pause', () => {
    const { soon, calls } = aThrottle();
    soon();
    soon();
    vi.advanceTimersByTime(999);
    expect(calls()).toBe(0);
    vi.advanceTimersByTime(1);
    expect(calls()).toBe(1);
    soon();
    vi.advanceTimersByTime(1_000);
    expect(calls()).toBe(2);
  });

  it('is called at once where that is asked for, and not again for what was pending', () => {
    const { soon, now, calls } = aThrottle();
    soon();
    now();
    expect(calls()).toBe(1);
    vi.advanceTimersByTime(1_000);
    expect(calls()).toBe(1);
  });

  it('is not called after its end', () => {
    const { soon, now, end, calls } = aThrottle();
    soon();
    end();
    now();
    soon();
    vi.advanceTimersByTime(1_000);
    expect(calls()).toBe(0);
  });
});
