import { describe, expect, it } from 'vitest';
import { createProgress } from '../../../../src/services/state/audit/progress.ts';

describe('the progress of the audit', () => {
  it.each([
    [0, 0, '0 records in 0 sessions'],
    [1, 1, '1 record in 1 session'],
    [999, 2, '999 records in 2 sessions'],
    [412_000, 412, '412,000 records in 412 sessions'],
    [1_234_567, 1_000, '1,234,567 records in 1,000 sessions'],
  ])('of %i and %i is a readable sentence', (records, sessions, sentence) => {
    let clockMs = 0;
    const said: string[] = [];
    const progress = createProgress(
      (detail) => said.push(detail),
      () => clockMs,
    );
    for (let each = 0; each < records; each += 1) progress.countRecord();
    for (let each = 0; each < sessions; each += 1) progress.countSession();
    progress.reportIfDue();
    clockMs = 250;
    progress.reportIfDue();
    progress.reportIfDue();
    expect(said).toEqual([sentence]);
  });
});
