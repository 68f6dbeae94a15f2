import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBranchName } from '../../src/domain/branch-name.ts';

/** git itself knows `refs/heads/-b`; only its commands refuse to make it. */
const gitTakes = (name: string) =>
  !name.startsWith('-') && spawnSync('git', ['check-ref-format', `refs/heads/${name}`]).status === 0;

describe('the name of a branch', () => {
  it.each(['main', 'feature/shop-7', 'a.b', 'été', 'x@y', 'release/1.0_rc', '日本', 'a-', "it's"])(
    'may be %s',
    (name) => {
      expect({ ours: isBranchName(name), gits: gitTakes(name) }).toEqual({ ours: true, gits: true });
    },
  );

  it.each([
    ...['--upload-pack=touch x', '-b', 'a..b', 'a b', 'a~1', 'a^', 'a:b', 'a?', 'a*', 'a[b', 'a\\b', 'a@{1}', '@'],
    ...['/a', 'a/', 'a//b', '.a', 'a/.b', 'a.lock', 'a.lock/b', 'a.', 'a\nb', 'a\u007fb', 'a\0b', '', 'HEAD'],
  ])('may not be %j', (name) => {
    expect(isBranchName(name)).toBe(false);
  });

  it('is valid for git, too', () => {
    const characters = fc.constantFrom(...'ab-./@{~^:?*[\\ é\t1', '.lock', '..', '//', 'HEAD');
    const names = fc.array(characters, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(names, (name) => {
        // Both mean what is checked out.
        expect(isBranchName(name)).toBe(name !== 'HEAD' && name !== '@' && gitTakes(name));
      }),
      { numRuns: 300 },
    );
  });
});
