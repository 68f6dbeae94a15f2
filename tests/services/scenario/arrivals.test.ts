import { describe, expect, it } from 'vitest';
import { createArrivals } from '../../../src/services/scenario/arrivals.ts';

describe('The arrivals of an output', () => {
  it('are noted in the order of time, and only when there is more of it', () => {
    const arrivals = createArrivals();
    arrivals.note({ atMs: 1, stream: 'stdout', bytes: 5 });
    arrivals.note({ atMs: 2, stream: 'stderr', bytes: 3 });
    arrivals.note({ atMs: 3, stream: 'stdout', bytes: 5 });
    arrivals.note({ atMs: 4, stream: 'stdout', bytes: 2 });
    arrivals.note({ atMs: 5, stream: 'stdout', bytes: 6 });
    expect(arrivals.rows()).toEqual([
      { atMs: 1, stream: 'stdout', bytes: 5 },
      { atMs: 2, stream: 'stderr', bytes: 3 },
      { atMs: 5, stream: 'stdout', bytes: 6 },
    ]);
  });

  it('become fewer and coarser where a program writes for hours, and the last of each stream stays', () => {
    const arrivals = createArrivals(100);
    for (let at = 1; at <= 5_000; at += 1) {
      arrivals.note({ atMs: at * 10, stream: 'stdout', bytes: at });
      arrivals.note({ atMs: at * 10, stream: 'stderr', bytes: 2 * at });
    }
    const rows = arrivals.rows();
    expect(rows.length).toBeLessThanOrEqual(100);
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.slice(-2)).toEqual([
      { atMs: 50_000, stream: 'stdout', bytes: 5_000 },
      { atMs: 50_000, stream: 'stderr', bytes: 10_000 },
    ]);
    expect(rows).toEqual([...rows].sort((one, other) => one.atMs - other.atMs));
    // A row never says that output was there before it was.
    for (const { atMs, stream, bytes } of rows) expect(bytes).toBe((stream === 'stdout' ? 1 : 2) * (atMs / 10));
  });
});
