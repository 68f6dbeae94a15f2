import { describe, expect, it } from 'vitest';
import { isNestedDeeper } from '../../src/domain/nesting.ts';

describe('A JSON value', () => {
  it.each([
    [1, 0, false],
    [[], 0, true],
    [[], 1, false],
    [{ a: [1] }, 1, true],
    [{ a: [1], b: 'text' }, 2, false],
  ])('%j is nested deeper than %i levels: %s', (value, levels, isDeeper) => {
    expect(isNestedDeeper(value, levels)).toBe(isDeeper);
  });

  it('may be nested deeper than a stack is', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`);
    expect(isNestedDeeper(deep, 500)).toBe(true);
    expect(isNestedDeeper(deep, 300_000)).toBe(false);
  });
});
