import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashText } from '../../src/domain/hash-text.ts';
import { createToolFilter, type ToolFilterOptions } from '../../src/domain/tool-filter.ts';

const filter = (options: Partial<ToolFilterOptions>) =>
  createToolFilter({ allow: [], deny: [], maxNameLength: null, ...options });

describe('Tools are allowed', () => {
  it.each([
    [[], [], 'any', true],
    [['read_*'], [], 'read_file', true],
    [['read_*'], [], 'read_', true],
    [['read_*'], [], 'unread_file', false],
    [['read_*', 'list'], [], 'list', true],
    [['list'], [], 'list_all', false],
    [['*_file'], [], 'read_file', true],
    [['*_file'], [], 'read_files', false],
    [['a*b*c'], [], 'a-x-b-y-c', true],
    [['a*b*c'], [], 'a-c-b', false],
    [['a*a'], [], 'a', false],
    [['a*ab'], [], 'aab', true],
    [['*a?c*c'], [], 'abcb', false],
    [['*a?c*c'], [], 'xaxaac-abc', true],
    [['**'], [], '', true],
    [[''], [], 'a', false],
    [['a?'], [], 'a', false],
    [['a?c'], [], 'abc', true],
    [['a?c'], [], 'ac', false],
    [['a?c'], [], 'a😀c', true],
    [['a.c'], [], 'abc', false],
    [['a.c', 'x+(y)|[z]{1}^$\\/'], [], 'x+(y)|[z]{1}^$\\/', true],
    [['Read'], [], 'read', false],
    [['*'], [], 'two\nlines', true],
    [[], ['delete_*'], 'delete_file', false],
    [[], ['delete_*'], 'read_file', true],
    [['*'], ['delete_*'], 'delete_file', false],
    [['delete_file'], ['delete_*'], 'delete_file', false],
  ])('by globs: with allow %j and deny %j, %j is %s', (allow, deny, name, isAllowed) => {
    expect(filter({ allow, deny }).isAllowed(name)).toBe(isAllowed);
  });

  it('as a regular expression would match them', () => {
    const text = fc.stringMatching(/^[ab*?]{0,8}$/);
    fc.assert(
      fc.property(text, fc.stringMatching(/^[ab😀]{0,10}$/u), (glob, name) => {
        const pattern = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'su');
        expect(filter({ allow: [glob] }).isAllowed(name)).toBe(pattern.test(name));
      }),
      { numRuns: 2_000 },
    );
  });

  it('at once, also where a name almost matches in very many ways', () => {
    expect(filter({ allow: ['*a*a*a*a*a*a*a*b'] }).isAllowed('a'.repeat(1_024))).toBe(false);
  });

  it('up to 1,024 characters of their name, where there are globs', () => {
    expect(filter({ deny: ['x'] }).isAllowed('a'.repeat(1_024))).toBe(true);
    for (const globs of [{ deny: ['x'] }, { allow: ['*'] }])
      expect(filter(globs).isAllowed('a'.repeat(1_025))).toBe(false);
    expect(filter({ maxNameLength: 64 }).isAllowed('a'.repeat(1_025))).toBe(true);
  });
});

describe('Names of tools', () => {
  const long = 'get_pull_request_review_comments';

  it('are unchanged without a greatest length, and for names within it', () => {
    expect(filter({}).shownName('x'.repeat(500))).toHaveLength(500);
    expect(filter({ maxNameLength: long.length }).shownName(long)).toBe(long);
  });

  it('are shortened to their beginning and 8 digits of their hash, the same every time', () => {
    const shown = `get_pull_re_${hashText(long).slice(0, 8)}`;
    expect(shown).toHaveLength(20);
    for (const names of [[long], ['other', long, `${long}_2`], []]) {
      const short = filter({ maxNameLength: 20 });
      short.learn(names);
      expect(short.shownName(long)).toBe(shown);
    }
  });

  it('lead back to the tool, whichever of its names a client calls', () => {
    const short = filter({ maxNameLength: 20 });
    short.learn([long, 'list']);
    for (const name of [short.shownName(long), long]) expect(short.realName(name)).toBe(long);
    expect(['list', 'never_shown'].map(short.realName)).toEqual(['list', 'never_shown']);
  });

  it('have no second underscore and no half of a character before the hash', () => {
    const short = filter({ maxNameLength: 20 });
    expect(short.shownName(`get_issue__${'x'.repeat(20)}`)).toMatch(/^get_issue_[0-9a-f]{8}$/);
    expect(short.shownName(`get_issues😀${'x'.repeat(20)}`)).toMatch(/^get_issues_[0-9a-f]{8}$/);
  });

  it.each([long, 'GET_PULL_REQUEST_REVIEW_COMMENTS'])(
    'go to the tool that has the name itself, not to one that would be shortened to it: %s',
    (name) => {
      const taken = filter({ maxNameLength: 20 }).shownName(name);
      for (const names of [
        [taken, name],
        [name, taken],
      ]) {
        const short = filter({ maxNameLength: 20 });
        short.learn(names);
        const shown = short.shownName(name);
        expect(shown).toMatch(/^get_pull_re_[0-9a-f]{8}$/i);
        expect([taken, shown].map(short.realName)).toEqual([taken, name]);
      }
    },
  );

  it('stay when a tool that has such a name itself comes later', () => {
    const short = filter({ maxNameLength: 20 });
    const taken = short.shownName(long);
    short.learn([long, taken]);
    expect(short.shownName(long)).toBe(taken);
    expect(short.realName(taken)).toBe(long);
    expect(short.realName(short.shownName(taken))).toBe(taken);
    expect(short.shownName(taken)).not.toBe(taken);
  });

  it('are within the length, different for each tool, and reversible, whatever the tools are called', () => {
    const name = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.stringMatching(/^a{14,30}b?$/));
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 12 }), fc.integer({ min: 16, max: 24 }), (names, maxNameLength) => {
        const short = filter({ maxNameLength });
        short.learn(names);
        const shown = names.map(short.shownName);
        expect(shown.every(({ length }) => length <= maxNameLength)).toBe(true);
        expect(new Set(shown).size).toBe(names.length);
        expect(shown.map(short.realName)).toEqual(names);
      }),
    );
  });
});

it.each([
  [{}, true],
  [{ allow: ['*'] }, false],
  [{ deny: ['x'] }, false],
  [{ maxNameLength: 64 }, false],
])('A filter with %j does nothing: %s', (options, isNeutral) => {
  expect(filter(options).isNeutral).toBe(isNeutral);
});
