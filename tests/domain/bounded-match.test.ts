import { expect, it } from 'vitest';
import { boundedMatch } from '../../src/domain/bounded-match.ts';

it('finds what a pattern finds, with the flag m', () => {
  const text = 'a "quoted" \\ line\u2028\nverdict = GO\n';
  expect(boundedMatch(text, '^verdict = (\\w+)$')).toMatchObject({
    0: 'verdict = GO',
    1: 'GO',
    index: 19,
    input: text,
  });
  expect(boundedMatch(text, '^nothing')).toBeNull();
});

it('ends for a pattern that would take years, and takes it for one that matches nothing', () => {
  const catastrophic = ['^(a+)+$', '^(?:.*a){25}b', '^(\\w|\\w\\w)*!$'];
  for (const pattern of [...catastrophic, ...catastrophic])
    expect(boundedMatch(`${'a'.repeat(60)}?`, pattern)).toBeNull();
});

it('takes an invalid pattern for one that matches nothing', () => {
  expect(boundedMatch('(', '(')).toBeNull();
});
