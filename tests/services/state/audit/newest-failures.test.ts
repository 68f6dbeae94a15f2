import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FailureRecord } from '../../../../src/domain/failure-record.schema.ts';
import { createNewestFailures } from '../../../../src/services/state/audit/newest-failures.ts';

const recordOf = (changes: Partial<FailureRecord>): FailureRecord => ({
  timestamp: '2026-03-01T12:00:00Z',
  skill_command: '/kitchen:implement',
  exit_code: 1,
  subtype: 'error',
  needs_retry: true,
  retry_reason: 'resume',
  stderr: '',
  ...changes,
});

describe('the newest failures', () => {
  it('are the newest of all in any order of arrival, newest first', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 })), fc.integer({ min: 1, max: 20 }), (instants, capacity) => {
        const failures = createNewestFailures(capacity);
        instants.forEach((atMs, exit_code) => {
          failures.add(recordOf({ exit_code }), atMs);
        });
        const newestFirst = instants
          .map((atMs, place) => ({ atMs, place }))
          .sort((a, b) => b.atMs - a.atMs || b.place - a.place);
        expect(failures.list().map(({ exit_code }) => exit_code)).toEqual(
          newestFirst.slice(0, capacity).map(({ place }) => place),
        );
        expect(failures.total).toBe(instants.length);
      }),
    );
  });

  it('are truncated to the lengths of the record, between characters', () => {
    const failures = createNewestFailures(1);
    failures.add(recordOf({ stderr: '🍳'.repeat(600), skill_command: 'x'.repeat(201), subtype: '🍳'.repeat(150) }), 0);
    const [kept] = failures.list();
    expect(kept?.stderr).toBe('🍳'.repeat(500));
    expect(kept?.skill_command).toBe('x'.repeat(200));
    expect(kept?.subtype).toBe('🍳'.repeat(150));
  });
});
