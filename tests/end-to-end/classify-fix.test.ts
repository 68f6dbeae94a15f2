import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commit, git, makeGitProject } from '../support/a-git-project.ts';
import { anOpenKitchen } from '../support/an-open-kitchen.ts';
import { aWorld } from '../support/spawned-server.ts';

const critical = { classify_fix: { path_prefixes: ['src/', 'package.json'] } };

/** A project with a worktree beside it, in which somebody mends something. */
async function aFix(files: Readonly<Record<string, string>>, config = critical) {
  const world = aWorld();
  const { projectDir } = world;
  const origin = makeGitProject(projectDir);
  const worktree = `${dirname(projectDir)}/worktrees/fix`;
  git(projectDir, 'worktree', 'add', '--quiet', '-b', 'fix', worktree);
  commit(worktree, files);
  const { call } = await anOpenKitchen(config, { world });
  const classify = (base = 'main', path = worktree) =>
    call('classify_fix', { worktree_path: path, base_branch: base, step_name: 'classify' });
  return { world, origin, worktree, classify };
}

describe('classify_fix', () => {
  test('asks for a full restart where a critical file has changed, and names it', async () => {
    const { classify } = await aFix({ 'src/new.c': '1', 'docs/page.md': '1', 'package.json': '{}' });
    expect(await classify()).toEqual({
      restart_scope: 'full_restart',
      reason: 'Critical files have changed: package.json, src/new.c.',
      critical_files: ['package.json', 'src/new.c'],
      all_changed_files: ['docs/page.md', 'package.json', 'src/new.c'],
      critical_count: 2,
      changed_count: 3,
    });
  });

  test('asks for a partial restart where none has, and where none is critical', async () => {
    const { classify } = await aFix({ 'docs/page.md': '1' });
    expect(await classify()).toMatchObject({
      restart_scope: 'partial_restart',
      reason: 'None of the changed files (1) is under src/, package.json.',
      critical_files: [],
    });
    const other = await aFix({ 'src/new.c': '1' }, { classify_fix: { path_prefixes: [] } });
    expect(await other.classify()).toMatchObject({
      restart_scope: 'partial_restart',
      reason: expect.stringContaining('path_prefixes in the configuration is empty'),
    });
  });

  test('compares with what origin has now, from where the fix left it', async () => {
    const { world, origin, classify } = await aFix({ 'docs/page.md': '1' });
    const elsewhere = `${dirname(world.projectDir)}/elsewhere`;
    git(dirname(elsewhere), 'clone', '--quiet', origin, elsewhere);
    commit(elsewhere, { 'src/of-somebody-else.c': '1' });
    git(elsewhere, 'push', '--quiet', 'origin', 'HEAD:main', 'HEAD:release');
    expect(await classify('main')).toMatchObject({ all_changed_files: ['docs/page.md'] });
    expect(await classify('release')).toMatchObject({ all_changed_files: ['docs/page.md'] });
  });

  test('sees a critical file that was moved away, and names that are no plain text, also from a folder further down', async () => {
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

  test('lists the first 500 of very many files, and counts them all', async () => {
    const many = Object.fromEntries(Array.from({ length: 620 }, (_, at) => [`src/${at}.c`, '']));
    const { classify } = await aFix(many);
    const answer = await classify();
    expect(answer).toMatchObject({ critical_count: 620, changed_count: 620 });
    expect(answer.reason).toMatch(/^Critical files have changed: (src\/\d+\.c, ){4}src\/\d+\.c and 615 more\.$/);
    for (const list of [answer.critical_files, answer.all_changed_files]) expect(list).toHaveLength(500);
  });

  test.each([
    [
      'origin is not there',
      ({ origin }: { origin: string }) => rmSync(origin, { recursive: true }),
      'git fetch failed',
    ],
    [
      'the worktree is gone',
      ({ worktree }: { worktree: string }) => rmSync(worktree, { recursive: true }),
      'does not exist',
    ],
    ['it is no repository', ({ worktree }: { worktree: string }) => rmSync(`${worktree}/.git`), 'git fetch failed'],
  ])('asks for a full restart and says why where %s', async (_, spoil, why) => {
    const fix = await aFix({ 'docs/page.md': '1' });
    spoil(fix);
    const answer = await fix.classify();
    expect(answer).toMatchObject({ restart_scope: 'full_restart', critical_files: [], all_changed_files: [] });
    expect(answer.reason).toContain(why);
    expect(answer).not.toHaveProperty('error');
  });

  test('asks for a full restart where origin has no such branch', async () => {
    const { classify } = await aFix({ 'docs/page.md': '1' });
    expect(await classify('no-such-branch')).toMatchObject({
      restart_scope: 'full_restart',
      reason: expect.stringContaining('no-such-branch'),
    });
  });

  test('sees a submodule that has moved on, though the repository leaves submodules out of its diffs', async () => {
    const { world, worktree, classify } = await aFix({});
    const library = `${dirname(world.projectDir)}/library`;
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

  test('starts no hook of the repository, and no maintenance, which it would end half done', async () => {
    const { world, worktree, classify } = await aFix({});
    const hooks = `${dirname(world.projectDir)}/hooks`;
    const trace = `${dirname(world.projectDir)}/trace`;
    // So that the fetch changes something.
    git(worktree, 'update-ref', '-d', 'refs/remotes/origin/main');
    mkdirSync(hooks);
    writeFileSync(`${hooks}/reference-transaction`, `#!/bin/sh\ntouch ${hooks}/has-run\n`, { mode: 0o755 });
    git(worktree, 'config', 'core.hooksPath', hooks);
    writeFileSync(`${world.homeDir}/.gitconfig`, `[trace2]\n  normalTarget = ${trace}\n`);
    expect(await classify()).toMatchObject({ restart_scope: 'partial_restart' });
    expect(readdirSync(hooks)).toEqual(['reference-transaction']);
    const started = readFileSync(trace, 'utf8');
    expect(started).toMatch(/start git .* fetch /);
    expect(started).not.toMatch(/maintenance run|gc --auto/);
  });

  test('says what git said without the secrets in it, also one that it would cut in two', async () => {
    const { world, classify } = await aFix({});
    git(world.projectDir, 'remote', 'set-url', 'origin', `/none/ghp_${'0123456789'.repeat(6)}.git`);
    const { reason } = await classify();
    expect(reason).toContain('does not appear to be a git repository');
    expect(reason).not.toMatch(/0123/);
  });

  test('is not led astray by a repository that the environment names', async () => {
    const world = aWorld();
    makeGitProject(world.projectDir);
    const env = { GIT_DIR: '/nowhere/.git', GIT_WORK_TREE: '/nowhere' };
    const { call } = await anOpenKitchen(critical, { world, env });
    expect(await call('classify_fix', { worktree_path: world.projectDir, base_branch: 'main' })).toMatchObject({
      restart_scope: 'partial_restart',
      reason: 'No file has changed.',
    });
  });
});

describe('classify_fix refuses', () => {
  test('what is no name of a branch, and might be an option, a revision or a refspec', async () => {
    const { classify } = await aFix({});
    for (const base of ['--upload-pack=touch pwned', '-v', 'main..fix', 'a:b', 'HEAD', ''])
      expect(await classify(base)).toMatchObject({
        code: 'invalid_input',
        error: expect.stringContaining('base_branch'),
      });
  });

  test('a worktree outside of the roots, also by a link', async () => {
    const { world, classify } = await aFix({});
    mkdirSync(`${world.projectDir}/links`);
    symlinkSync('/usr', `${world.projectDir}/links/out`);
    for (const path of ['/usr', `${world.projectDir}/links/out`])
      expect(await classify('main', path)).toMatchObject({ code: 'forbidden' });
  });
});
