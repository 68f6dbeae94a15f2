import { existsSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CleanupCandidate } from '../../../../src/domain/cleanup-candidate.ts';
import { createGit } from '../../../../src/services/git/git.ts';
import { runShortCommand } from '../../../../src/services/platform/process/run-short-command.ts';
import {
  createWorkspaceCleanup,
  type WorkspaceCleanupDeps,
} from '../../../../src/services/workspace/cleanup/workspace-cleanup.ts';
import { emptyFolder } from '../../../../src/services/workspace/empty-folder.ts';
import { createFindLosses } from '../../../../src/services/workspace/find-losses.ts';
import { tempFolder } from '../../../doubles/temp-folder.ts';
import { leaveUntouched } from '../../../support/leave-untouched.ts';

const git = createGit(runShortCommand);

/** A runs root with one run, unchanged for six hours. */
function aStaleRun(changes: Partial<WorkspaceCleanupDeps> = {}) {
  const runsRoot = realpathSync(tempFolder());
  const run = `${runsRoot}/run`;
  mkdirSync(`${run}/out`, { recursive: true });
  for (const name of ['marker', 'out/file']) writeFileSync(`${run}/${name}`, '');
  leaveUntouched(run);
  const cleanup = createWorkspaceCleanup({
    runsRoot,
    worktreeRoot: `${runsRoot}/none`,
    worktrees: [],
    inUse: [],
    marker: 'marker',
    git,
    findLosses: createFindLosses(git),
    emptyFolder,
    ...changes,
  });
  const find = async () => (await cleanup.list())[0] as CleanupCandidate;
  return { run, runsRoot, cleanup, find };
}

describe('a stale run', () => {
  it('is removed, and a second time does nothing', async () => {
    const { run, cleanup, find } = aStaleRun();
    const found = await find();
    await cleanup.remove(found);
    expect(existsSync(run)).toBe(false);
    await cleanup.remove(found);
  });

  it('is kept if it was changed meanwhile', async () => {
    const { run, cleanup, find } = aStaleRun();
    const found = await find();
    writeFileSync(`${run}/out/new`, '');
    await expect(cleanup.remove(found)).rejects.toMatchObject({ code: 'conflict' });
    expect(readdirSync(`${run}/out`)).toEqual(['file', 'new']);
  });

  it('is kept with what cannot be deleted, which is named', async () => {
    const failed = { count: 2, first: [{ path: 'out/file', error: 'cannot be deleted (EPERM)' }] };
    const { run, cleanup, find } = aStaleRun({
      emptyFolder: async () => ({ deleted: { count: 0, first: [] }, failed, skipped: [], entriesDeleted: 0 }),
    });
    await expect(cleanup.remove(await find())).rejects.toMatchObject({
      code: 'unavailable',
      message: '2 entries could not be deleted; the first: out/file cannot be deleted (EPERM).',
    });
    expect(existsSync(run)).toBe(true);
  });
});

describe('a runs root', () => {
  it('that does not exist is empty', async () => {
    const { runsRoot } = aStaleRun();
    expect(await aStaleRun({ runsRoot: `${runsRoot}/not/there` }).cleanup.list()).toEqual([]);
  });

  it('that is not a folder is named, with the key to set', async () => {
    const { run } = aStaleRun();
    const { cleanup } = aStaleRun({ runsRoot: `${run}/marker` });
    await expect(cleanup.list()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('workspace.runs_root'),
    });
  });
});
