import { describe, expect, it } from 'vitest';
import { requireVerifiedPlan } from '../../src/domain/implement-gate.ts';

const gate = {
  skillNames: ['/maitred:implement-worktree', 'implement-other'],
  marker: 'Dry-walkthrough verified = TRUE',
};
const verified = `${gate.marker}\n\n# Plan\n`;

/** The paths that were read; throws what the gate throws. */
function tryCommand(command: string, files: Readonly<Record<string, string>>): readonly string[] {
  const read: string[] = [];
  requireVerifiedPlan(command, gate, '/work/shop', (path) => {
    read.push(path);
    return files[path] ?? null;
  });
  return read;
}

describe('the gate in front of implementing skills', () => {
  it('reads no plan for other skills', () => {
    expect(tryCommand('/make-plan plan.md', {})).toEqual([]);
  });

  it.each([
    ['/implement-worktree plans/a.md', '/work/shop/plans/a.md'],
    ['/maitred:implement-worktree /plans/a.md', '/plans/a.md'],
    ['/implement-other ../a plan.md', '/work/a plan.md'],
    ['/implement-worktree "a plan.md"', '/work/shop/a plan.md'],
    ["/implement-worktree 'a.md' and more words", '/work/shop/a.md'],
    ['/implement-worktree `a.md`', '/work/shop/a.md'],
    ['/implement-worktree a.md\nwith a second line', '/work/shop/a.md'],
  ])('opens for a verified plan: %j', (command, path) => {
    expect(tryCommand(command, { [path]: verified })).toEqual([path]);
  });

  it('knows the marker with a byte order mark before it and blanks or a carriage return behind it', () => {
    const plan = `\uFEFF${gate.marker} \r\nrest`;
    expect(tryCommand('/implement-worktree a.md', { '/work/shop/a.md': plan })).toHaveLength(1);
  });

  it.each([
    ['# Plan', 'the marker is missing'],
    [`# Plan\n${gate.marker}\n`, 'the marker is not first'],
    [`\n${gate.marker}\n`, 'an empty line comes first'],
    ['Dry-walkthrough verified = FALSE\n', 'another marker'],
    [`${gate.marker} of another plan\n`, 'more on the line'],
    ['', 'an empty plan'],
  ])('stays closed for %j: %s', (plan) => {
    expect(() => tryCommand('/implement-worktree a.md', { '/work/shop/a.md': plan })).toThrow(
      expect.objectContaining({
        code: 'forbidden',
        message:
          'the plan /work/shop/a.md has not been verified: its first line is not "Dry-walkthrough verified = TRUE"; run /dry-walkthrough a.md first, which verifies the plan and writes the line',
      }),
    );
  });

  it.each(['/implement-worktree', '/implement-worktree ""'])('asks for the path that is missing: %j', (command) => {
    expect(() => tryCommand(command, {})).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        message: expect.stringMatching(/^\/implement-worktree needs the path of a plan: \/implement-worktree .+\.md$/),
      }),
    );
  });

  it('names the path at which there is no plan', () => {
    expect(() => tryCommand('/implement-worktree plans/a.md', {})).toThrow(
      expect.objectContaining({
        code: 'not_found',
        message: expect.stringContaining('cannot be read at /work/shop/plans/a.md'),
      }),
    );
  });
});
