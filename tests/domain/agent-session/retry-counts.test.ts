import { expect, it } from 'vitest';
import { createRetryCounts } from '../../../src/domain/agent-session/retry-counts.ts';

const retriable = { kind: 'retriable', retryReason: 'stale' } as const;
const exhausted = { kind: 'failed', retryReason: 'budget_exhausted' } as const;
const succeeded = { kind: 'succeeded', retryReason: 'none' } as const;

it('A command is counted while it ends retriable in a row, also where that has exhausted its retries', () => {
  const counts = createRetryCounts();
  expect(counts.of('/a')).toBe(0);
  for (const outcome of [retriable, retriable, exhausted]) counts.note('/a', outcome);
  counts.note('/b', retriable);
  expect([counts.of('/a'), counts.of('/b')]).toEqual([3, 1]);
  counts.note('/a', succeeded);
  expect([counts.of('/a'), counts.of('/b')]).toEqual([0, 1]);
});

it('The commands that ended last are counted, a thousand of them', () => {
  const counts = createRetryCounts();
  for (const command of ['/old', '/used', ...Array.from({ length: 998 }, (_, number) => `/${number}`)])
    counts.note(command, retriable);
  counts.note('/used', retriable);
  counts.note('/new', retriable);
  expect(['/old', '/used', '/0', '/new'].map(counts.of)).toEqual([0, 2, 1, 1]);
});
