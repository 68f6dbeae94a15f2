import { describe, expect, it } from 'vitest';
import { failureRecordSchema, isFailure } from '../../../../src/domain/failure-record.schema.ts';

const success = {
  timestamp: '2026-03-01T12:00:00.123456+00:00',
  skill_command: '/kitchen:implement',
  exit_code: 0,
  subtype: 'success',
  needs_retry: false,
  retry_reason: 'none',
  stderr: '',
};

describe('a failure record', () => {
  it('is a failure unless the run succeeded in every respect', () => {
    expect(isFailure(success)).toBe(false);
    expect(isFailure({ ...success, exit_code: 1 })).toBe(true);
    expect(isFailure({ ...success, subtype: 'stale' })).toBe(true);
    expect(isFailure({ ...success, needs_retry: true })).toBe(true);
  });

  it.each([
    ['exit_code', true],
    ['exit_code', 1.5],
    ['exit_code', '1'],
    ['exit_code', null],
    ['needs_retry', 1],
    ['needs_retry', 'false'],
    ['stderr', null],
    ['skill_command', 7],
    ['timestamp', 1_772_366_400_000],
    ['timestamp', 'yesterday'],
    ['timestamp', '2026-03-01T12:00:00'],
    ['timestamp', '2026-02-30T12:00:00Z'],
  ])('with %s = %j is not one', (key, value) => {
    expect(failureRecordSchema.safeParse(success).success).toBe(true);
    expect(failureRecordSchema.safeParse({ ...success, [key]: value }).success).toBe(false);
  });

  it.each(Object.keys(success))('without %s is not one', (key) => {
    expect(failureRecordSchema.safeParse({ ...success, [key]: undefined }).success).toBe(false);
  });

  it('keeps what it knows and drops what it does not', () => {
    expect(failureRecordSchema.parse({ ...success, mood: 'good' })).toEqual(success);
  });
});
