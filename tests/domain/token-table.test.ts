import { describe, expect, it } from 'vitest';
import { noTokens } from '../../src/domain/agent-session/agent-event.ts';
import { tokenTable } from '../../src/domain/token-table.ts';

const row = (stepName: string, output_tokens: number) => ({
  stepName,
  tokens: { ...noTokens, output_tokens },
  invocations: 1,
  wallClockMs: 1_000,
});

describe('A number of tokens is written for people', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1_000, '1.0k'],
    [1_250, '1.3k'],
    [999_949, '999.9k'],
    [999_950, '1.0M'],
    [2_000_000, '2.0M'],
    [12_345_678, '12.3M'],
  ])('%d as %s', (count, text) => {
    expect(tokenTable([row('plan', count)])).toContain(`| plan | 0 | ${text} | 0 | 0 | 1 |`);
  });
});

describe('The table of tokens', () => {
  it('has the total of all rows, also where it shows only some', () => {
    const rows = [row('plan', 10), row('build', 20)];
    expect(tokenTable(rows, rows.slice(1)).split('\n').slice(2)).toEqual([
      '| build | 0 | 20 | 0 | 0 | 1 | 1.0 s |',
      '| **Total** | **0** | **30** | **0** | **0** | **2** | **2.0 s** |',
      '',
    ]);
  });

  it('cannot be broken by the name of a step', () => {
    expect(tokenTable([row('a | b\n', 0)])).toContain('| a \\| b\\\\n | 0 |');
  });
});
