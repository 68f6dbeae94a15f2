import { execFileSync } from 'node:child_process';
import { createReadStream, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { tempFolder } from '../doubles/temp-folder.ts';
import { commit, git, makeGitProject } from '../support/a-git-project.ts';
import { openKitchen } from '../support/server-with-open-kitchen.ts';
import { aNotification, aToolCall, oneServerForAll } from '../support/spawned-server.ts';

const server = oneServerForAll({
  env: {
    MAITRED_CLASSIFY_FIX__PATH_PREFIXES: '[src/, package.json]',
    // The repository that a call names counts, not one that the environment names.
    GIT_DIR: '/nowhere/.git',
    GIT_WORK_TREE: '/nowhere',
  },
});

/** A repository, and beside it a worktree with a commit of these files. */
async function aFix(files: Readonly<Record<string, string>>) {
  const projectDir = `${tempFolder()}/project`;
  mkdirSync(projectDir);
  const origin = makeGitProject(projectDir);
  const worktree = `${dirname(projectDir)}/worktrees/fix`;
  git(projectDir, 'worktree', 'add', '--quiet', '-b', 'fix', worktree);
  commit(worktree, files);
  const { call } = await openKitchen(server());
  const classify = (base = 'main', path = worktree) =>
    call('classify_fix', { worktree_path: path, base_branch: base, step_name: 'classify' });
  return { projectDir, origin, worktree, classify };
}

describe('classify_fix', () => {
  test('asks for a full restart if a critical file has changed, and names it', async () => {
    const { classify } = await aFix({ 'src/new.c': '1', 'docs/page.md': '1', 'package.json': '{}' });
    expect(await classify()).toEqual({
      restart_scope: 'full_restart',
      reason: 'Critical files have changed: package.json, src/new.c.',
      critical_files: ['package.json', 'src/new.c'],
      all_changed_files: ['docs/page.md', 'package.json', 'src/new.c'],
      critical_count: 2,
      changed_count: 3,
      base_state: 'fetched',
      note: null,
      next_offset: null,
      left_out: null,
    });
  });

  test('compares the fix with the point where it left the branch that origin has now', async () => {
    const { projectDir, origin, classify } = await aFix({ 'docs/page.md': '1' });
    const elsewhere = `${dirname(projectDir)}/elsewhere`;
    git(dirname(elsewhere), 'clone', '--quiet', origin, elsewhere);
    commit(elsewhere, { 'src/not-of-the-fix.c': '1' });
    git(elsewhere, 'push', '--quiet', 'origin', 'HEAD:main', 'HEAD:release');
    expect(await classify('main')).toMatchObject({ all_changed_files: ['docs/page.md'] });
    expect(await classify('release')).toMatchObject({ all_changed_files: ['docs/page.md'] });
  });

  test('finds a critical file that was moved, and file names with special characters, also from a subfolder', async () => {
    const { worktree, classify } = await aFix({ 'docs/é€ "quoted"\n😀.md': '1' });
    git(worktree, 'mv', 'src/main.c', 'docs/main.c');
    commit(worktree, {});
    git(worktree, 'config', 'diff.relative', 'true');
    const files = ['docs/main.c', 'docs/é€ "quoted"\n😀.md', 'src/main.c'];
    expect(await classify('main', `${worktree}/docs`)).toMatchObject({
      restart_scope: 'full_restart',
      critical_files: ['src/main.c'],
      all_changed_files: files,
    });
  });

  test.each([
    [
      'the worktree does not exist',
      ({ worktree }: { worktree: string }) => rmSync(worktree, { recursive: true }),
      'does not exist',
    ],
    [
      'the folder is not a repository',
      ({ worktree }: { worktree: string }) => rmSync(`${worktree}/.git`),
      'git fetch failed',
    ],
  ])('asks for a full restart and gives the reason when %s', async (_, breakFix, reason) => {
    const fix = await aFix({ 'docs/page.md': '1' });
    breakFix(fix);
    const answer = await fix.classify();
    expect(answer).toMatchObject({ restart_scope: 'full_restart', critical_files: [], all_changed_files: [] });
    expect(answer.reason).toContain(reason);
    expect(answer).not.toHaveProperty('error');
  });

  test('compares with the last known state of origin if origin does not exist or is not set, and says so', async () => {
    const { origin, worktree, classify } = await aFix({ 'docs/page.md': '1' });
    rmSync(origin, { recursive: true });
    const withoutFetch = {
      restart_scope: 'partial_restart',
      all_changed_files: ['docs/page.md'],
      base_state: 'last_known',
      note: expect.stringContaining('git fetch failed'),
    };
    expect(await classify()).toMatchObject(withoutFetch);
    git(worktree, 'config', '--remove-section', 'remote.origin');
    expect(await classify()).toMatchObject(withoutFetch);
  });

  test('reports a fetch that hangs, and ends what git has started when the call is cancelled', async () => {
    const { worktree } = await aFix({});
    const { send, waitFor, leave, messages } = server();
    const fifo = `${dirname(worktree)}/fifo`;
    execFileSync('mkfifo', [fifo]);
    git(worktree, 'remote', 'set-url', 'origin', 'ssh://nowhere/shop.git');
    git(worktree, 'config', 'ssh.variant', 'ssh');
    git(worktree, 'config', 'core.sshCommand', `exec >${fifo} 2>&1; echo connecting; exec sleep 600 #`);
    const isProgress = ({ method }: { readonly method?: string | undefined }) => method === 'notifications/progress';
    send(aToolCall('unwanted', 'classify_fix', { worktree_path: worktree, base_branch: 'main' }, 'token'));
    expect((await waitFor('progress', isProgress)).params).toMatchObject({
      progressToken: 'token',
      message: 'fetching origin/main, for at most 30 s',
    });
    let written = '';
    // Ends when the last process that holds the other end does.
    for await (const bytes of createReadStream(fifo, 'utf8')) {
      written += bytes;
      send(aNotification('notifications/cancelled', { requestId: 'unwanted' }));
    }
    expect(written).toBe('connecting\n');
    await leave();
    expect(messages.some(({ id }) => id === 'unwanted')).toBe(false);
  });

  test('asks for a full restart if origin does not have the branch', async () => {
    const { classify } = await aFix({ 'docs/page.md': '1' });
    expect(await classify('no-such-branch')).toMatchObject({
      restart_scope: 'full_restart',
      reason: expect.stringContaining('no-such-branch'),
    });
  });

  test('finds a submodule that has moved, though the repository leaves submodules out of its diffs', async () => {
    const { projectDir, worktree, classify } = await aFix({});
    const library = `${dirname(projectDir)}/library`;
    git(dirname(library), 'init', '--quiet', library);
    commit(library, {});
    git(worktree, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library, 'src/library');
    git(worktree, 'config', '--file', '.gitmodules', 'submodule.src/library.ignore', 'all');
    commit(worktree, {});
    git(worktree, 'push', '--quiet', 'origin', 'HEAD:main');
    commit(`${worktree}/src/library`, {});
    git(worktree, 'add', 'src/library');
    commit(worktree, {});
    git(worktree, 'config', 'diff.ignoreSubmodules', 'all');
    expect(await classify()).toMatchObject({ critical_files: ['src/library'] });
  });

  test('runs no hook of the repository, and no maintenance, which would be ended half done', async () => {
    const { projectDir, worktree, classify } = await aFix({});
    const hooks = `${dirname(projectDir)}/hooks`;
    const trace = `${dirname(projectDir)}/trace`;
    // So that the fetch changes something.
    git(worktree, 'update-ref', '-d', 'refs/remotes/origin/main');
    mkdirSync(hooks);
    writeFileSync(`${hooks}/reference-transaction`, `#!/bin/sh\ntouch ${hooks}/has-run\n`, { mode: 0o755 });
    git(worktree, 'config', 'core.hooksPath', hooks);
    const config = `${server().world.homeDir}/.gitconfig`;
    onTestFinished(() => rmSync(config));
    writeFileSync(config, `[trace2]\n  normalTarget = ${trace}\n`);
    expect(await classify()).toMatchObject({ restart_scope: 'partial_restart' });
    expect(readdirSync(hooks)).toEqual(['reference-transaction']);
    const started = readFileSync(trace, 'utf8');
    expect(started).toMatch(/start git .* fetch /);
    expect(started).not.toMatch(/maintenance run|gc --auto/);
  });

  test('quotes git without secrets, also without one that would be truncated', async () => {
    const { projectDir, classify } = await aFix({});
    git(projectDir, 'remote', 'set-url', 'origin', `/none/ghp_${'0123456789'.repeat(6)}.git`);
    const { note } = await classify();
    expect(note).toContain('does not appear to be a git repository');
    expect(note).not.toMatch(/0123/);
  });
});

describe('classify_fix refuses', () => {
  test('a base branch that is not a branch name: an option, a revision, a refspec', async () => {
    const { classify } = await aFix({});
    for (const base of ['--upload-pack=touch pwned', '-v', 'main..fix', 'a:b', 'HEAD', ''])
      expect(await classify(base)).toMatchObject({
        code: 'invalid_input',
        error: expect.stringContaining('base_branch'),
      });
  });

  test('a worktree outside the roots, also through a symbolic link', async () => {
    const { projectDir, classify } = await aFix({});
    mkdirSync(`${projectDir}/links`);
    symlinkSync('/usr', `${projectDir}/links/out`);
    for (const path of ['/usr', `${projectDir}/links/out`])
      expect(await classify('main', path)).toMatchObject({ code: 'forbidden' });
  });
});
