import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createSourceClones } from '../../../src/services/agents/source-clone.ts';
import type { RunCommand } from '../../../src/services/platform/process/run-command.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { commit, git, makeGitProject } from '../../support/a-git-project.ts';

const run: RunCommand = ({ file, args, cwd, env }) =>
  new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, ...env, HOME: '/nowhere' } };
    execFile(file, [...args], options, (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : 1, stdout, stderr, isTruncated: false, timedOut: false }),
    );
  });

const clones = createSourceClones(run);

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
    expect(await clones.revert(before)).toEqual({ isContaminated: false, isReverted: false, remarks: [] });
  });

  it('is set back to its commit where it was clean: commits, changes and new files go, ignored files stay', async () => {
    const project = aProject();
    const before = await snapshotOf(project);
    commit(project, { 'src/main.c': 'int main;' }, 'Of the session');
    writeFileSync(`${project}/README.md`, 'changed');
    writeFileSync(`${project}/new.txt`, 'new');
    writeFileSync(`${project}/.maitred`, 'ignored');
    const found = await clones.revert(before);
    expect(found).toMatchObject({ isContaminated: true, isReverted: true });
    expect(found.remarks[0]).toMatch(/commits up to .* in .*shop.* set back to/);
    expect(git(project, 'rev-parse', 'HEAD').trim()).toBe(before.head);
    expect(git(project, 'status', '--porcelain')).toBe('');
    expect([existsSync(`${project}/new.txt`), existsSync(`${project}/.maitred`)]).toEqual([false, true]);
  });

  it('keeps everything where the person had changes before, and says what has come', async () => {
    const project = aProject();
    writeFileSync(`${project}/README.md`, 'mine');
    const before = await snapshotOf(project);
    commit(project, { 'src/main.c': 'int main;' }, 'Of the session');
    const found = await clones.revert(before);
    expect(found).toMatchObject({ isContaminated: true, isReverted: false });
    expect(found.remarks[0]).toMatch(/Nothing was undone, because it had changes before/);
    expect(readFileSync(`${project}/README.md`, 'utf8')).toBe('mine');
    expect(git(project, 'log', '--format=%s', '-1').trim()).toBe('Of the session');
  });

  it('is nothing outside a repository, and not a linked worktree', async () => {
    const project = aProject();
    git(project, 'worktree', 'add', '--quiet', `${project}-tree`, '-b', 'topic');
    expect(await clones.snapshot(`${project}-tree`)).toBeNull();
    expect(await clones.snapshot(tempFolder())).toBeNull();
  });
});
