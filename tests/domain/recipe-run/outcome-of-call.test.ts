import { describe, expect, it } from 'vitest';
import { outcomeOfOutput } from '../../../src/domain/recipe-run/outcome-of-call.ts';

describe('The output lines of a session', () => {
  const resultOf = (...lines: readonly string[]) =>
    outcomeOfOutput('run_skill', { success: true, result: lines.join('\n') }).result;

  it('are fields of the result', () => {
    const result = resultOf('It is done.', 'plan_path = /a plan.md', '**verdict** = GO', 'fixes-applied=2\r', 'note =');
    expect(result).toMatchObject({ plan_path: '/a plan.md', verdict: 'GO', 'fixes-applied': '2', note: '' });
  });

  it('may have more paths in the lines below', () => {
    const result = resultOf('first = /a', 'plan_parts = /a', '  /b', 'no path', '/c', 'more =', '/d', '/e');
    expect(result).toMatchObject({ first: '/a', plan_parts: '/a\n/b', more: '/d\n/e' });
  });

  it('count from the last of the same name, and never instead of what the answer itself says', () => {
    const answer = { success: false, result: 'verdict = GO\nverdict = NO GO\nsuccess = true\nx == 1' };
    expect(outcomeOfOutput('run_skill', answer)).toEqual({
      kind: 'failure',
      result: { ...answer, verdict: 'NO GO' },
    });
  });

  it('can be called like members that all objects have', () => {
    expect(Object.entries(resultOf('constructor = a') ?? {})).toContainEqual(['constructor', 'a']);
  });
});

describe('The output lines of a command', () => {
  it('are fields of the result, and those of other tools are not', () => {
    const answer = { success: true, stdout: 'BASE_SHA=abc\n' };
    expect(outcomeOfOutput('run_cmd', answer).result).toEqual({ ...answer, BASE_SHA: 'abc' });
    expect(outcomeOfOutput('test_check', answer).result).toEqual(answer);
  });
});
