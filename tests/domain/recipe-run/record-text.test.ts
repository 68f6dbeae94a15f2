import { describe, expect, it } from 'vitest';
import { recordLines } from '../../../src/domain/recipe-run/record-text.ts';
import { aHash, answered, aStart, ended, entered, opened, settled, skipped } from '../../doubles/journal-entries.ts';

const spent = { usd: 0, tokens: 0, turns: 0, ms: 1_500 };

describe('A record of a run is shown as', () => {
  it.each([
    ['its start', aStart(), 'demo started in /project, by order'],
    ['a step that begins', entered('plan'), 'plan: began run_cmd'],
    ['a step without a tool', { ...entered('ask'), tool: null }, 'ask: began'],
    ['another attempt of another visit', entered('fix', 2, 1), 'fix, visit 2, attempt 2: began run_cmd'],
    ['a success', settled('plan', { spent, why: 'result.ok' }), 'plan: success after 1.5 s; next next (result.ok)'],
    [
      'a cause that needs no second word',
      settled('plan', { spent, why: 'success' }),
      'plan: success after 1.5 s; next next',
    ],
    [
      'a step that was cancelled, which leads nowhere',
      settled('plan', { spent, kind: 'cancelled', cause: 'cancelled', why: null }),
      'plan: cancelled after 1.5 s',
    ],
    ['the last step', settled('plan', { spent, why: null, route: null }), 'plan: success after 1.5 s; the run ends'],
    [
      'what a step cost',
      settled('plan', { spent: { ...spent, usd: 0.42, tokens: 30_000 }, why: null }),
      'plan: success after 1.5 s, $0.42, 30,000 tokens; next next',
    ],
    [
      'a cost that is not known',
      settled('plan', { spent: { ...spent, usd: null, tokens: 1 }, why: null }),
      'plan: success after 1.5 s, cost unknown, 1 token; next next',
    ],
    ['a step that was skipped', skipped('lint'), 'lint: skipped; next next'],
    [
      'a choice of the route',
      { ...skipped('choose'), cause: 'success', why: 'result.ok' },
      'choose: next next (result.ok)',
    ],
    [
      'a step that was entered too often',
      { ...skipped('fix', 4), cause: 'exceeded' },
      'fix, visit 4: no visits left; next next',
    ],
    ['an open gate', opened('gate-1'), 'ask: waits for a person to approve'],
    [
      'a gate after a crash',
      opened('gate-1', 'commit', { asks: 'outcome' }),
      'commit: waits for a person to say whether it was done',
    ],
    ['an answer', answered('gate-1'), 'somebody answered approve (cli)'],
    [
      'accepted changes',
      { k: 'accepted_changes', recipeHash: aHash('a'), who: 'eve' },
      'eve accepted the changes of the recipe',
    ],
    [
      'new budgets',
      { k: 'budget_changed', budgets: { usd: 5, ms: 7_200_000 }, who: 'eve' },
      'eve set the budgets to usd=5, time=2 h 0 min',
    ],
    ['its end', ended('budget_exhausted'), 'the run used up its budget: it is done'],
  ] as const)('%s', (_, record, line) => {
    expect(recordLines(record)).toEqual([line]);
  });

  it('lines that cannot control a terminal, with what the step reported', () => {
    const record = settled('a\u001b[2J', { why: 'x\ny', diagnostics: ['context.z is absent\r'], spent });
    expect(recordLines(record)).toEqual([
      'a\\u001b[2J: success after 1.5 s; next next (x\\ny)',
      '  context.z is absent\\r',
    ]);
  });
});

describe('A step that has not succeeded', () => {
  const linesOf = (value: unknown, kind: 'success' | 'failure' = 'failure') =>
    recordLines(settled('plan', { spent, kind, cause: kind, why: null, result: { value } })).slice(1);

  it('says why, in the words of its tool', () => {
    expect(linesOf({ success: false, error: 'there is\nno such folder' })).toEqual(['  there is no such folder']);
    expect(linesOf({ passed: false, summary: '1 failed, 2 passed', stderr: 'many lines' })).toEqual([
      '  1 failed, 2 passed',
    ]);
    expect(linesOf({ success: false, result: '', remarks: ['It gave no verdict.', 'It wrote nothing.'] })).toEqual([
      '  It gave no verdict.',
    ]);
    expect(linesOf({ success: false, exit_code: 1, stderr: 'no\u001b[2J\n' })).toEqual(['  no\\u001b[2J']);
  });

  it('says nothing more where the tool did not, and after a success', () => {
    expect(linesOf({ success: false, error: '' })).toEqual([]);
    expect(linesOf({ success: true, remarks: ['It was slow.'] }, 'success')).toEqual([]);
  });
});
