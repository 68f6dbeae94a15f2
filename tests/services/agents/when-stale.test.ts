import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { SignOfLife } from '../../../src/services/agents/signs-of-life.ts';
import { whenStale } from '../../../src/services/agents/when-stale.ts';

/** A log whose growth, and a session whose signs of life, are set by the test. Stale after a minute, excused for five. */
function watch() {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const session = { grewAtMs: performance.now(), sign: null as SignOfLife | null };
  const startedAtMs = performance.now();
  let staleAfterMs: number | null = null;
  const stop = new AbortController();
  const over = whenStale(
    {
      staleMs: 60_000,
      suppressionMs: 300_000,
      lastGrowthAtMs: () => session.grewAtMs,
      life: { look: async () => session.sign },
    },
    stop.signal,
  ).then(() => {
    staleAfterMs = performance.now() - startedAtMs;
  });
  return {
    stop,
    over,
    pass: (ms: number) => vi.advanceTimersByTimeAsync(ms),
    grow: () => {
      session.grewAtMs = performance.now();
    },
    show: (sign: SignOfLife | null) => {
      session.sign = sign;
    },
    staleAfterMs: () => staleAfterMs,
  };
}

describe('The log of a session', () => {
  it('is stale a minute after it last grew, and 5 s in which nothing of the session is busy', async () => {
    const log = watch();
    await log.pass(50_000);
    log.grow();
    await log.pass(64_999);
    expect(log.staleAfterMs()).toBeNull();
    await log.pass(1);
    expect(log.staleAfterMs()).toBe(115_000);
  });

  it('is not stale if it grows while the session is looked at', async () => {
    const log = watch();
    await log.pass(62_000);
    log.grow();
    await log.pass(64_000);
    expect(log.staleAfterMs()).toBeNull();
    await log.pass(1_000);
    expect(log.staleAfterMs()).toBe(127_000);
  });

  it.each(['connection', 'busy'] as const)(
    'is excused by a sign of life (%s) for five minutes, and no longer',
    async (sign) => {
      const log = watch();
      log.show(sign);
      await log.pass(360_000);
      expect(log.staleAfterMs()).toBeNull();
      await log.pass(65_000);
      // The first excuse is at 65 s, and each next one 65 s later.
      expect(log.staleAfterMs()).toBe(390_000);
    },
  );

  it('is stale when the sign of life has gone', async () => {
    const log = watch();
    log.show('connection');
    await log.pass(70_000);
    log.show(null);
    await log.pass(60_000);
    expect(log.staleAfterMs()).toBe(130_000);
  });

  it('gives another kind of sign a time of its own, and begins anew when it has grown', async () => {
    const log = watch();
    log.show('connection');
    await log.pass(330_000);
    log.show('busy');
    await log.pass(120_000);
    expect(log.staleAfterMs()).toBeNull();
    log.grow();
    log.show('busy');
    await log.pass(300_000);
    expect(log.staleAfterMs()).toBeNull();
  });

  it('is watched no more once the watch is stopped', async () => {
    const log = watch();
    log.stop.abort(new Error('over'));
    await expect(log.over).rejects.toThrow('over');
    expect(vi.getTimerCount()).toBe(0);
  });
});
