import { describe, expect, it } from 'vitest';
import {
  type Comparison,
  describeDifference,
  measureLikeness,
  nearestOf,
} from '../../../src/domain/scenario/find-difference.ts';

/** Texts are alike whatever their case. */
const comparison: Comparison = {
  isAlike: (recorded, actual) => String(recorded).toLowerCase() === String(actual).toLowerCase(),
  differAt(recorded, actual) {
    const at = [...recorded].findIndex((character, index) => character.toLowerCase() !== actual[index]?.toLowerCase());
    return [at < 0 ? recorded.length : at, at < 0 ? recorded.length : at];
  },
};
const difference = (recorded: unknown, actual: unknown) => describeDifference(recorded, actual, comparison);

describe('The difference between a recorded value and one of this run', () => {
  const rows: readonly (readonly [recorded: unknown, actual: unknown, shown: string | null])[] = [
    [
      { arguments: { cmd: 'npm test' } },
      { arguments: { cmd: 'npm run test' } },
      'arguments.cmd: recorded "npm test", now "npm run test"',
    ],
    [{ arguments: {} }, { arguments: { timeout: 5 } }, 'arguments.timeout: not recorded, now 5'],
    [{ arguments: { timeout: 5 } }, { arguments: {} }, 'arguments.timeout: recorded 5, now missing'],
    [{ arguments: ['a', 'b'] }, { arguments: ['a', 'c', 'd'] }, 'arguments[1]: recorded "b", now "c"'],
    [['a'], ['A', { b: [1] }], '[1]: not recorded, now {"b":[1]}'],
    [{ a: { 'b c': 1 } }, { a: { 'b c': 2 } }, 'a["b c"]: recorded 1, now 2'],
    [{ a: [] }, { a: {} }, 'a: recorded [], now {}'],
    [{ a: 'x', b: 1 }, { b: 1, a: 'X' }, null],
    [{ b: 1, a: 1 }, { a: 2, b: 2 }, 'b: recorded 1, now 2'],
    ['a\n', 'b\u202e', 'recorded "a\\n", now "b\\u202e"'],
    [null, 'x', 'recorded null, now "x"'],
    [{ constructor: 1 }, {}, 'constructor: recorded 1, now missing'],
  ];
  for (const [recorded, actual, shown] of rows) {
    it(`is shown as ${shown}`, () => expect(difference(recorded, actual)).toBe(shown));
  }

  it('of long texts is shown with what is around the first character that differs', () => {
    const before = 'x'.repeat(500);
    const after = 'y'.repeat(500);
    expect(difference(`${before}1${after}`, `${before.toUpperCase()}2${after}`)).toBe(
      `recorded "…${'x'.repeat(30)}1${'y'.repeat(49)}…", now "…${'X'.repeat(30)}2${'y'.repeat(49)}…"`,
    );
    expect(difference(`1${after}`, `2${after}`)).toBe(`recorded "1${'y'.repeat(79)}…", now "2${'y'.repeat(79)}…"`);
    expect(difference(before, `${before}2`)).toBe(`recorded "…${'x'.repeat(80)}", now "…${'x'.repeat(79)}2"`);
  });

  it('of long values is shown with their beginning', () => {
    const shown = difference({ a: Array.from({ length: 100 }, () => 7) }, { a: 1 });
    expect(shown).toBe(`a: recorded [${'7,'.repeat(39)}7…, now 1`);
  });

  it('has no half of a character', () => {
    const before = 'x'.repeat(471);
    const [recorded, actual] = [`${before}${'😀'.repeat(30)}1`, `${before}${'😀'.repeat(30)}2`];
    expect(difference(recorded, actual)).not.toContain('\ufffd');
  });
});

describe('The nearest of several values', () => {
  const nearest = (candidates: readonly unknown[], actual: unknown) =>
    nearestOf(candidates, (candidate) => measureLikeness(candidate, actual, comparison));

  it('has the most parts in common', () => {
    const actual = { tool: 'x', cmd: 'npm test', cwd: '/a' };
    const near = { tool: 'X', cmd: 'npm run', cwd: '/a' };
    expect(nearest([{ tool: 'x', cmd: 'npm tes', cwd: '/b' }, near, { cmd: 'npm test' }], actual)).toBe(near);
  });

  it('has the longest beginning and end in common, of those with as many parts', () => {
    const near = { cmd: 'npm run test' };
    expect(nearest([{ cmd: 'node' }, { cmd: 'npm test' }, near], { cmd: 'npm run check' })).toBe(near);
    expect(nearest([{ cmd: 'npm ci' }, { cmd: 'npm test' }, near], { cmd: 'npm exec run test' })).toBe(near);
  });

  it('has fewer parts of its own', () => {
    expect(
      nearest(
        [
          { a: 1, b: 2, c: 3, d: 4 },
          { a: 1, b: 2 },
        ],
        { a: 1 },
      ),
    ).toEqual({ a: 1, b: 2 });
  });

  it('is the first of equals, and none of none', () => {
    const first = { a: 1 };
    expect(nearest([first, { a: 1 }], { a: 1 })).toBe(first);
    expect(nearest([], { a: 1 })).toBe(null);
  });
});
