import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/domain/app-error.ts';
import { createGit } from '../../../../src/services/git/git.ts';
import { runShortCommand } from '../../../../src/services/platform/process/run-short-command.ts';
import {
  type DetectedProject,
  detectProject,
} from '../../../../src/services/workspace/project-setup/detect-project.ts';
import { tempFolder } from '../../../doubles/temp-folder.ts';
import { git } from '../../../support/a-git-project.ts';

type Files = Readonly<Record<string, string>>;

const withoutGit = createGit(() => Promise.reject(new AppError('not_found', 'git is not there')));

function aProject(files: Files): string {
  const dir = tempFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}

const detect = (files: Files): Promise<DetectedProject> => detectProject(aProject(files), withoutGit);
const packageJson = (test: string, more: object = {}) => JSON.stringify({ scripts: { test }, ...more });

describe('the test command', () => {
  it.each<[string, Files, string]>([
    ['npm', { 'package.json': packageJson('vitest'), 'package-lock.json': '{}' }, 'npm test'],
    ['npm without a lockfile', { 'package.json': packageJson('vitest') }, 'npm test'],
    ['pnpm', { 'package.json': packageJson('vitest'), 'pnpm-lock.yaml': '' }, 'pnpm test'],
    ['yarn', { 'package.json': packageJson('vitest'), 'yarn.lock': '' }, 'yarn test'],
    [
      'bun, whose own test runner is another thing',
      { 'package.json': packageJson('vitest'), 'bun.lock': '' },
      'bun run test',
    ],
    [
      'the package manager that package.json names, rather than a lockfile that was left',
      { 'package.json': packageJson('vitest', { packageManager: 'pnpm@9.1.0' }), 'package-lock.json': '{}' },
      'pnpm test',
    ],
    [
      'a Taskfile',
      { 'Taskfile.yml': 'version: 3\ntasks:\n  build:\n    cmds: [x]\n  test:\n    cmds: [y]\n' },
      'task test',
    ],
    [
      'a Taskfile with a check for agents',
      { 'Taskfile.yaml': 'tasks:\n    test:\n        cmds: [y]\n    "test-check": { cmds: [z] }\n' },
      'task test-check',
    ],
    ['a Makefile', { Makefile: '.PHONY: test\nall: build\n\ntest: all\n\tgo test\n' }, 'make test'],
    ['a Makefile with several targets in a line', { Makefile: 'check test:: all\n' }, 'make test'],
    ['a justfile', { justfile: 'build:\n  x\n\n@test *args: build\n  y\n' }, 'just test'],
    ['npm with a byte order mark in package.json', { 'package.json': `\ufeff${packageJson('vitest')}` }, 'npm test'],
    ['a Makefile with a byte order mark', { Makefile: '\ufefftest:\n\tgo test\n' }, 'make test'],
    ['Rust', { 'Cargo.toml': '' }, 'cargo test'],
    ['Go', { 'go.mod': '' }, 'go test ./...'],
    ['pytest with a file of its own', { 'pytest.ini': '' }, 'pytest'],
    ['pytest in pyproject.toml', { 'pyproject.toml': '[tool.pytest.ini_options]\n' }, 'pytest'],
    ['pytest as a dependency, with uv', { 'pyproject.toml': 'dev = ["pytest>=8"]\n', 'uv.lock': '' }, 'uv run pytest'],
    [
      'pytest as a dependency, with poetry',
      { 'pyproject.toml': 'pytest = "^8"\n', 'poetry.lock': '' },
      'poetry run pytest',
    ],
    ['pytest in setup.cfg', { 'setup.cfg': '[tool:pytest]\n' }, 'pytest'],
    ['pytest in tox.ini', { 'tox.ini': '[pytest]\n' }, 'pytest'],
    ['a Makefile rather than the habit of the language', { Makefile: 'test:\n\tx\n', 'Cargo.toml': '' }, 'make test'],
    [
      'something else where package.json has only the placeholder',
      { 'package.json': packageJson('echo "Error: no test specified" && exit 1'), 'go.mod': '' },
      'go test ./...',
    ],
  ])('is found for %s', async (_what, files, command) => {
    expect((await detect(files)).testCommand?.command.join(' ')).toBe(command);
  });

  it.each<[string, Files]>([
    ['an empty folder', {}],
    ['the placeholder of npm', { 'package.json': packageJson('echo "Error: no test specified" && exit 1') }],
    ['a package.json that is broken', { 'package.json': '{"scripts": {"test":' }],
    ['a package.json that is something else', { 'package.json': '["test"]' }],
    ['a test script that is not a string', { 'package.json': '{"scripts": {"test": 1}}' }],
    ['an assignment in a Makefile', { Makefile: 'test := 1\ntest = 2\ntest ::= 3\n\ttest: x\n# test: y\n' }],
    [
      'a nested key and a comment in a Taskfile',
      { 'Taskfile.yml': 'vars:\n  test: 1\ntasks:\n  # test:\n  build:\n    test: 1\n' },
    ],
    ['a recipe that wants an argument', { justfile: 'test name:\n  x\ntest := "1"\n' }],
    ['a Python project with other tests', { 'pyproject.toml': 'dev = ["pytest-cov"]\n' }],
  ])('is not guessed for %s', async (_what, files) => {
    expect((await detect(files)).testCommand).toBeNull();
  });

  it('names the file that shows it', async () => {
    expect((await detect({ Makefile: 'test:\n' })).testCommand).toEqual({
      command: ['make', 'test'],
      file: 'Makefile',
    });
  });

  it('is not read from a folder or a huge file', async () => {
    const dir = aProject({ 'package.json': packageJson('x'.repeat(2_000_000)) });
    mkdirSync(join(dir, 'Makefile'));
    execFileSync('mkfifo', [join(dir, 'pyproject.toml')]);
    expect((await detectProject(dir, withoutGit)).testCommand).toBeNull();
  });
});

describe('the package manager', () => {
  it.each<[Files, string, string]>([
    [{ 'package.json': '{}', 'yarn.lock': '' }, 'yarn', 'yarn.lock'],
    [{ 'package.json': '{}' }, 'npm', 'package.json'],
    [{ 'package.json': '{"packageManager": "bun@1.2"}', 'yarn.lock': '' }, 'bun', 'package.json'],
    [{ 'pyproject.toml': '' }, 'pip', 'pyproject.toml'],
    [{ 'pyproject.toml': '', 'uv.lock': '' }, 'uv', 'uv.lock'],
    [{ 'go.mod': '', Makefile: '' }, 'go', 'go.mod'],
    [{ Justfile: '' }, 'just', 'Justfile'],
    [{ 'Taskfile.dist.yml': '' }, 'task', 'Taskfile.dist.yml'],
  ])('is detected from %o', async (files, name, file) => {
    expect((await detect(files)).packageManager).toEqual({ name, file });
  });

  it('is none in an empty folder', async () => {
    expect((await detect({})).packageManager).toBeNull();
  });
});

describe('the repository', () => {
  function aRepository(remotes: Readonly<Record<string, string>>): string {
    const dir = tempFolder();
    git(dir, 'init', '--quiet');
    for (const [name, url] of Object.entries(remotes)) git(dir, 'remote', 'add', name, url);
    return dir;
  }
  const repositoryOf = async (dir: string) => (await detectProject(dir, createGit(runShortCommand))).repository;

  it.each(['not_found', 'timed_out'] as const)('is unknown where git answers %s', async (code) => {
    const git = createGit(() => Promise.reject(new AppError(code, 'git does not answer')));
    expect((await detectProject(tempFolder(), git)).repository).toBeNull();
  });

  it('is that of upstream, the origin of a fork, if there is one', async () => {
    const dir = aRepository({ origin: 'git@github.com:me/shop.git', upstream: 'https://github.com/acme/shop' });
    expect(await repositoryOf(dir)).toEqual({ name: 'acme/shop', remote: 'upstream' });
  });

  it('is that of origin if upstream is missing or not at GitHub', async () => {
    const origin = 'git@github.com:me/shop.git';
    for (const remotes of [{ origin }, { origin, upstream: 'https://gitlab.com/acme/shop' }])
      expect(await repositoryOf(aRepository(remotes))).toEqual({ name: 'me/shop', remote: 'origin' });
  });

  it('is found through insteadOf', async () => {
    const dir = aRepository({ origin: 'gh:acme/shop' });
    git(dir, 'config', 'url.https://github.com/.insteadOf', 'gh:');
    expect(await repositoryOf(dir)).toEqual({ name: 'acme/shop', remote: 'origin' });
  });

  it('is null without a remote, outside git, and without git', async () => {
    expect(await repositoryOf(aRepository({}))).toBeNull();
    expect(await repositoryOf(tempFolder())).toBeNull();
    expect((await detect({})).repository).toBeNull();
  });
});
