import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createSourceClones, type SourceSnapshot } from '../../../src/services/agents/source-clone.ts';
import { createGit } from '../../../src/services/git/git.ts';
import { runShortCommand } from '../../../src/services/platform/process/run-short-command.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { commit, git, makeGitProject } from '../../support/a-git-project.ts';

const session = new AbortController().signal;
const all = createSourceClones((startedBy) =>
  startedBy === session ? createGit(runShortCommand) : expect.unreachable('its git belongs to the session'),
);
const clones = {
  snapshot: (folder: string) => all.snapshot(folder, session),
  revert: (before: SourceSnapshot, isShared: boolean) => all.revert(before, isShared, session),
};

function aProject() {
  const dir = tempFolder();
  const project = `${dir}/shop`;
  git('/', 'init', '--quiet', project);
  makeGitProject(project);
  return project;
}

async function snapshotOf(project: string) {
  return (await clones.snapshot(project)) ?? expect.unreachable('it is a repository');
}

describe('The source clone of a session that works in a worktree of its own', () => {
  it('is left alone where nothing has changed', async () => {
    const project = aProject();
    const before = await snapshotOf(project);
    expect(await clones.revert(before, false)).toEqual({ isContaminated: false, isReverted: false, remarks: [] });
  });

  it('is set back to its commit where it was clean: commits, changes and new files go, ignored files stay', async () => {
    const project = aProject();
    const before = await snapshotOf(project);
    commit(project, { 'src/main.c': 'int main;' }, 'Of the session');
    writeFileSync(`${project}/README.md`, 'changed');
    writeFileSync(`${project}/new.txt`, 'new');
    writeFileSync(`${project}/.maitred`, 'ignored');
    const found = await clones.revert(before, false);
    expect(found).toMatchObject({ isContaminated: true, isReverted: true });
    expect(found.remarks[0]).toMatch(/commits up to .* in .*shop.* set back to/);
    expect(git(project, 'rev-parse', 'HEAD').trim()).toBe(before.head);
    expect(git(project, 'status', '--porcelain')).toBe('');
    expect([existsSync(`${project}/new.txt`), existsSync(`${project}/.maitred`)]).toEqual([false, true]);
  });

  it('loses nothing when it is set back: what a person did meanwhile is in the stash', async () => {
    const project = aProject();
    const before = await snapshotOf(`${project}/src`);
    writeFileSync(`${project}/README.md`, 'mine');
    writeFileSync(`${project}/notes.txt`, 'mine too');
    expect(await clones.revert(before, false)).toMatchObject({ isContaminated: true, isReverted: true });
    expect(git(project, 'status', '--porcelain')).toBe('');
    git(project, 'stash', 'pop', '--quiet');
    git(project, 'stash', 'pop', '--quiet');
    expect(readFileSync(`${project}/README.md`, 'utf8')).toBe('mine');
    expect(readFileSync(`${project}/notes.txt`, 'utf8')).toBe('mine too');
  });

  it('keeps ignored files where the session has changed what is ignored, or committed them', async () => {
    const project = aProject();
    writeFileSync(`${project}/.maitred`, 'ignored');
    const before = await snapshotOf(project);
    commit(project, { '.gitignore': '' }, 'Of the session, with the file that was ignored');
    expect(await clones.revert(before, false)).toMatchObject({ isContaminated: true, isReverted: true });
    expect(readFileSync(`${project}/.maitred`, 'utf8')).toBe('ignored');
  });

  it('has a repository of its own left in it, and says that it is not as it was', async () => {
    const project = aProject();
    const before = await snapshotOf(project);
    git('/', 'init', '--quiet', `${project}/other`);
    commit(`${project}/other`, { 'work.txt': 'work' });
    const found = await clones.revert(before, false);
    expect(found).toMatchObject({ isContaminated: true, isReverted: false });
    expect(found.remarks[0]).toMatch(/All that git can stash was set back/);
    expect(existsSync(`${project}/other/work.txt`)).toBe(true);
  });

  it('is not touched where another branch is checked out now: no branch but its own is set back', async () => {
    const project = aProject();
    const before = await snapshotOf(project);
    git(project, 'checkout', '--quiet', '-b', 'topic');
    commit(project, { 'work.txt': 'work' }, 'Of a person');
    const found = await clones.revert(before, false);
    expect(found).toMatchObject({ isContaminated: true, isReverted: false });
    expect(found.remarks[0]).toMatch(/because topic is checked out now/);
    expect(git(project, 'log', '--format=%s', '-1', 'topic').trim()).toBe('Of a person');
  });

  it('is contaminated where git cannot set it back', async () => {
    const project = aProject();
    const before = await snapshotOf(project);
    writeFileSync(`${project}/new.txt`, 'new');
    writeFileSync(`${project}/.git/index.lock`, '');
    const found = await clones.revert(before, false);
    expect(found).toMatchObject({ isContaminated: true, isReverted: false });
    expect(found.remarks[0]).toMatch(/could not be set back/);
  });

  it('is not touched where another session works there', async () => {
    const project = aProject();
    const before = await snapshotOf(project);
    writeFileSync(`${project}/new.txt`, 'of the other');
    expect(await clones.revert(before, true)).toMatchObject({ isContaminated: true, isReverted: false });
    expect(existsSync(`${project}/new.txt`)).toBe(true);
  });

  it('is not touched where the person had changes that git was told to overlook', async () => {
    const project = aProject();
    git(project, 'update-index', '--assume-unchanged', 'README.md');
    writeFileSync(`${project}/README.md`, 'mine');
    const before = await snapshotOf(project);
    writeFileSync(`${project}/new.txt`, 'new');
    commit(project, { 'src/main.c': 'int main;' }, 'Of the session');
    expect(await clones.revert(before, false)).toMatchObject({ isContaminated: true, isReverted: false });
    expect(readFileSync(`${project}/README.md`, 'utf8')).toBe('mine');
  });

  it('keeps everything where the person had changes before, and says what has come', async () => {
    const project = aProject();
    writeFileSync(`${project}/README.md`, 'mine');
    const before = await snapshotOf(project);
    commit(project, { 'src/main.c': 'int main;' }, 'Of the session');
    const found = await clones.revert(before, false);
    expect(found).toMatchObject({ isContaminated: true, isReverted: false });
    expect(found.remarks[0]).toMatch(/Nothing was undone, because the folder had changes before/);
    expect(readFileSync(`${project}/README.md`, 'utf8')).toBe('mine');
    expect(git(project, 'log', '--format=%s', '-1').trim()).toBe('Of the session');
  });

  it('says what has come without a commit, too, where the person had changes before', async () => {
    const project = aProject();
    writeFileSync(`${project}/README.md`, 'mine');
    const before = await snapshotOf(project);
    expect(await clones.revert(before, false)).toEqual({ isContaminated: false, isReverted: false, remarks: [] });
    writeFileSync(`${project}/new.txt`, 'of the session');
    const found = await clones.revert(before, false);
    expect(found).toMatchObject({ isContaminated: true, isReverted: false });
    expect(found.remarks[0]).toMatch(/left changes in .*Nothing was undone, because the folder had changes before/);
    expect(readFileSync(`${project}/new.txt`, 'utf8')).toBe('of the session');
  });

  it('is nothing outside a repository, and not a linked worktree', async () => {
    const project = aProject();
    git(project, 'worktree', 'add', '--quiet', `${project}-tree`, '-b', 'topic');
    expect(await clones.snapshot(`${project}-tree`)).toBeNull();
    expect(await clones.snapshot(tempFolder())).toBeNull();
  });
});
