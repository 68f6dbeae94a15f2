import { expect, it } from 'vitest';
import { readWorktreeList } from '../../src/domain/worktree-list.ts';

const record = (...fields: readonly string[]) => `${fields.join('\0')}\0\0`;

it('the worktrees that git lists are parsed with names, locks and missing folders', () => {
  const text = [
    record('worktree /code/shop', 'HEAD 1234', 'branch refs/heads/main'),
    record('worktree /code/worktrees/a b\nc', 'HEAD 1234', 'branch refs/heads/fix/refs/heads/x'),
    record('worktree /code/worktrees/loose', 'HEAD 1234', 'detached', 'locked'),
    record('worktree /code/worktrees/usb', 'HEAD 1234', 'detached', 'locked on a stick', 'prunable gone'),
  ].join('');
  expect(readWorktreeList(text)).toEqual([
    { path: '/code/shop', branch: 'main', locked: null, isPrunable: false },
    { path: '/code/worktrees/a b\nc', branch: 'fix/refs/heads/x', locked: null, isPrunable: false },
    { path: '/code/worktrees/loose', branch: null, locked: '', isPrunable: false },
    { path: '/code/worktrees/usb', branch: null, locked: 'on a stick', isPrunable: true },
  ]);
  expect(readWorktreeList(record('worktree /srv/bare', 'bare'))).toHaveLength(1);
  expect(readWorktreeList('')).toEqual([]);
});
