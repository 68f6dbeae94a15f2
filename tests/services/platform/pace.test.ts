import { describe, expect, it } from 'vitest';
import { createPace } from '../../../src/services/platform/pace.ts';

describe('the pace of long work', () => {
  it('is due when the work has blocked the loop for its share, and not right after a yield', async () => {
    let clockMs = 100;
    const pace = createPace(() => clockMs);
    expect(pace.isDue).toBe(false);
    clockMs += 5;
    expect(pace.isDue).toBe(true);
    await pace.yieldOnce(new AbortController().signal);
    expect(pace.isDue).toBe(false);
  });
});
