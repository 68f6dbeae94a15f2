import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { commit, git, makeGitProject } from '../support/a-git-project.ts';
import { runMaitred } from '../support/run-maitred.ts';
import { openKitchen } from '../support/server-with-open-kitchen.ts';
import { oneServerForAll } from '../support/spawned-server.ts';

const marker = '.maitred-workspace';

const server = oneServerForAll({
  env: {
    MAITRED_RESET_WORKSPACE__COMMAND: '[bash, ../reset]',
    MAITRED_RESET_WORKSPACE__PRESERVE_DIRS: '[cache, not-there]',
  },
});

/** A project with a marked folder that is not empty, and the script that resets it. */
async function aTestFolder(reset = '') {
  const started = await openKitchen(server());
  const projectDir = mkdtempSync(`${started.world.projectDir}/project-`);
  const dir = `${projectDir}/tests/tmp`;
  fill(dir);
  writeFileSync(`${dir}/${marker}`, '');
  writeFileSync(`${projectDir}/tests/reset`, reset);
  return { ...started, projectDir, dir };
}

function fill(dir: string): void {
  mkdirSync(`${dir}/out/deep`, { recursive: true });
  mkdirSync(`${dir}/cache`);
  for (const name of ['out/deep/file', 'cache/kept', 'file']) writeFileSync(`${dir}/${name}`, '');
}

describe('reset_test_dir', () => {
  test('empties a marked folder except for the marker, and lists what it deleted', async () => {
    const { world, projectDir, call } = await aTestFolder();
    const dir = `${projectDir}/tests/marked`;
    expect(await runMaitred(world, 'workspace', 'init', dir)).toMatchObject({ code: 0 });
    fill(dir);
    const answer = await call('reset_test_dir', { test_dir: dir, step_name: 'reset' });
    expect({ ...answer, deleted: [...(answer.deleted as string[])].sort() }).toEqual({
      success: true,
      deleted: ['cache', 'file', 'out'],
      deleted_count: 3,
      failed: [],
      failed_count: 0,
      skipped: [marker],
      entries_deleted: 6,
      left_out: null,
      forced: false,
    });
    expect(readdirSync(dir)).toEqual([marker]);
    expect(await call('reset_test_dir', { test_dir: dir })).toMatchObject({ success: true, deleted_count: 0 });
  });

  test('with force deletes no source: not in an unmarked folder, not what git tracks, not a repository', async () => {
    const { projectDir, dir, call } = await aTestFolder();
    writeFileSync(`${dir}/.gitignore`, '*');
    makeGitProject(projectDir);
    commit(projectDir, { 'tests/a.test.ts': 'precious' });
    writeFileSync(`${projectDir}/src/${marker}`, '');
    const forced = (path: string) => call('reset_test_dir', { test_dir: path, force: true });
    expect(await forced(`${projectDir}/tests`)).toMatchObject({
      success: false,
      code: 'forbidden',
      error: expect.stringMatching(/maitred workspace init <dir>.* force had no effect/),
    });
    expect(await forced(`${projectDir}/src`)).toMatchObject({
      code: 'forbidden',
      error: expect.stringContaining(
        `it holds 1 tracked file (such as src/main.c) of the git repository ${projectDir}; a person can empty it with maitred workspace reset`,
      ),
    });
    git(dir, 'init', '--quiet', 'out/deep/lib');
    expect(await forced(dir)).toMatchObject({
      code: 'forbidden',
      error: expect.stringContaining('out/deep/lib is a git repository or a worktree'),
    });
    rmSync(`${dir}/out/deep/lib`, { recursive: true });
    expect(readFileSync(`${projectDir}/tests/a.test.ts`, 'utf8')).toBe('precious');
    expect(existsSync(`${projectDir}/src/main.c`)).toBe(true);
    expect(await forced(dir)).toMatchObject({ success: true, forced: false, note: expect.any(String) });
    expect(readdirSync(dir).sort()).toEqual(['.gitignore', marker]);
  });

  test('refuses the project, the home, a repository and paths outside the roots, also with force, and deletes nothing', async () => {
    const { world, server, call } = await aTestFolder();
    const { projectDir, homeDir } = world;
    const clone = `${projectDir}/clone`;
    mkdirSync(clone);
    makeGitProject(clone);
    symlinkSync('/usr', `${projectDir}/out`);
    const everything = () => execFileSync('find', [projectDir], { encoding: 'utf8' }).split('\n').sort();
    const before = everything();
    for (const path of [projectDir, homeDir, `${projectDir}/.maitred`, clone, `${clone}/.git`, '/', '/usr', '/tmp'])
      for (const force of [false, true])
        expect(await call('reset_test_dir', { test_dir: path, force })).toMatchObject({ code: 'forbidden' });
    expect(await call('reset_test_dir', { test_dir: `${projectDir}/out`, force: true })).toMatchObject({
      code: 'forbidden',
    });
    expect(await call('reset_test_dir', { test_dir: `${projectDir}/none` })).toMatchObject({ code: 'not_found' });
    expect(await call('reset_test_dir', { test_dir: 'tests/tmp' })).toMatchObject({ code: 'invalid_input' });
    expect(everything()).toEqual(before);
    expect(server.isAlive).toBe(true);
  });
});

describe('reset_workspace', () => {
  test('runs the reset command in the folder, then empties the folder except for preserve_dirs', async () => {
    const { dir, projectDir, call } = await aTestFolder('pwd > ../ran-in; touch made');
    const answer = await call('reset_workspace', { test_dir: dir });
    expect(answer).toMatchObject({ success: true, deleted_count: 3, failed: [] });
    expect([...(answer.skipped as string[])].sort()).toEqual([marker, 'cache']);
    expect(readdirSync(dir).sort()).toEqual([marker, 'cache']);
    expect(existsSync(`${dir}/cache/kept`)).toBe(true);
    expect(readFileSync(`${projectDir}/tests/ran-in`, 'utf8')).toBe(`${dir}\n`);
  });

  test('deletes nothing if the reset command fails, and answers with its exit code and output', async () => {
    const { dir, call } = await aTestFolder('echo no database >&2; exit 7');
    expect(await call('reset_workspace', { test_dir: dir })).toMatchObject({
      success: false,
      code: 'process_failed',
      error: expect.stringContaining('nothing was deleted'),
      details: { exit_code: 7, output: 'no database\n' },
    });
    expect(existsSync(`${dir}/out/deep/file`)).toBe(true);
  });

  test('redacts secrets in the output of the reset command', async () => {
    const { dir, call } = await aTestFolder('echo "token ghp_0123456789abcdefghij is refused" >&2; exit 1');
    expect(await call('reset_workspace', { test_dir: dir })).toMatchObject({
      details: { output: 'token [redacted] is refused\n' },
    });
  });

  test('checks the folder again after the reset command, which may have changed it', async () => {
    const { dir, call } = await aTestFolder(`rm ${marker}`);
    expect(await call('reset_workspace', { test_dir: dir })).toMatchObject({ code: 'forbidden' });
    expect(existsSync(`${dir}/file`)).toBe(true);
  });

  test('runs no reset command if there is no marker', async () => {
    const unmarked = await aTestFolder('touch ../ran');
    rmSync(`${unmarked.dir}/${marker}`);
    expect(await unmarked.call('reset_workspace', { test_dir: unmarked.dir })).toMatchObject({ code: 'forbidden' });
    expect(existsSync(`${unmarked.projectDir}/tests/ran`)).toBe(false);
  });
});
