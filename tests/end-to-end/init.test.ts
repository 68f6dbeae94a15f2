import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { stateFolderAt } from '../../src/domain/state-folder.ts';
import { tempFolder } from '../doubles/temp-folder.ts';
import { git } from '../support/a-git-project.ts';
import { canMount, inOwnMounts } from '../support/own-mounts.ts';
import { type Run, run, runMaitred } from '../support/run-maitred.ts';
import { outputOf, spawnServer, type World } from '../support/spawned-server.ts';
import { runOnTerminal, type Terminal } from '../support/terminal.ts';

const program = () => join(inject('programDir'), 'maitred.js');

/** A repository with tests and without maitred, of a user whose shell finds maitred by its name. */
function aNewcomer(): World {
  const dir = tempFolder();
  const projectDir = join(dir, 'a project');
  const homeDir = join(dir, 'home');
  const stateFolder = stateFolderAt(join(dir, "the user's state"));
  mkdirSync(homeDir);
  mkdirSync(projectDir);
  git(projectDir, 'init', '--quiet');
  git(projectDir, 'remote', 'add', 'origin', 'git@github.com:acme/shop.git');
  writeFileSync(join(projectDir, 'package.json'), '{"scripts": {"test": "vitest run"}}');
  mkdirSync(join(dir, 'bin'));
  symlinkSync(program(), join(dir, 'bin', 'maitred'));
  const env = { PATH: `${join(dir, 'bin')}:${process.env.PATH}`, HOME: homeDir, MAITRED_STATE_DIR: stateFolder.dir };
  return { projectDir, homeDir, stateFolder, env };
}

const inProject = (world: World, name: string) => join(world.projectDir, '.maitred', name);
const readInProject = (world: World, name: string) => readFileSync(inProject(world, name), 'utf8');
const modeOf = (path: string) => statSync(path).mode & 0o777;
const filesIn = (dir: string) =>
  existsSync(dir)
    ? readdirSync(dir, { recursive: true, encoding: 'utf8' })
        .filter((name) => !statSync(join(dir, name)).isDirectory())
        .sort()
    : [];

const projectFiles = ['.gitignore', '.secrets.yaml', 'config.schema.json', 'config.yaml', 'temp/.gitignore'];
const pluginFiles = [
  '.claude-plugin/marketplace.json',
  '.claude-plugin/plugin.json',
  '.mcp.json',
  'hooks/hooks.json',
  'skills/close-kitchen/SKILL.md',
  'skills/open-kitchen/SKILL.md',
];

function expectNothingWritten({ projectDir, stateFolder }: World): void {
  expect(readdirSync(projectDir).sort()).toEqual(['.git', 'package.json']);
  expect(existsSync(stateFolder.dir)).toBe(false);
}

describe('maitred init without a terminal', () => {
  it('sets up a working project, with what it detects', async () => {
    const world = aNewcomer();
    const { code, stdout, stderr } = await runMaitred(world, 'init', '--yes');
    expect(code).toBe(0);
    expect(filesIn(inProject(world, ''))).toEqual(projectFiles);
    expect(readInProject(world, 'config.yaml')).toMatch(/^test_check:\n.*\n {2}command: \[npm, test\]$/m);
    expect(readInProject(world, 'config.yaml')).toMatch(/^ {2}default_repo: acme\/shop$/m);
    expect(stderr).toContain('acme/shop (git remote origin)');
    for (const name of projectFiles) expect(stdout).toContain(`written  ${inProject(world, name)}\n`);
    expect(stdout).toContain(`written  ${world.stateFolder.pluginDir}\n`);
    const server = spawnServer({ world });
    await server.initialize();
    expect(outputOf(await server.callTool('kitchen_status'))).toMatchObject({
      project: world.projectDir,
      degraded: [],
    });
  });

  it('keeps all files private, and the secrets out of git', async () => {
    const world = aNewcomer();
    await runMaitred(world, 'init', '--yes');
    for (const dir of ['', 'temp']) expect(modeOf(inProject(world, dir))).toBe(0o700);
    for (const name of projectFiles) expect(modeOf(inProject(world, name))).toBe(0o600);
    for (const name of pluginFiles) expect(modeOf(join(world.stateFolder.pluginDir, name))).toBe(0o600);
    writeFileSync(inProject(world, 'temp/plan.md'), '');
    git(world.projectDir, 'add', '-A');
    expect(git(world.projectDir, 'ls-files', '.maitred')).toBe(
      '.maitred/.gitignore\n.maitred/config.schema.json\n.maitred/config.yaml\n',
    );
    expect(readdirSync(world.homeDir)).toEqual([]);
  });

  it('finds the project from a folder inside it, and accepts another one by name', async () => {
    const world = aNewcomer();
    const within = join(world.projectDir, 'src', 'deep');
    mkdirSync(within, { recursive: true });
    await runMaitred({ ...world, projectDir: within }, 'init', '--yes');
    expect(filesIn(inProject(world, ''))).toEqual(projectFiles);
    await runMaitred({ ...world, projectDir: within }, 'init', '--yes', '--project', '..');
    expect(filesIn(join(world.projectDir, 'src', '.maitred'))).toEqual(projectFiles);
  });

  it('prefers what was given to what was detected', async () => {
    const world = aNewcomer();
    const given = ['--test-command', 'npm run "test unit"', '--repository', 'other/one'];
    expect(await runMaitred(world, 'init', ...given)).toMatchObject({ code: 0 });
    expect(readInProject(world, 'config.yaml')).toContain('  command: [npm, run, test unit]\n');
    expect(readInProject(world, 'config.yaml')).toContain('  default_repo: other/one\n');
  });

  it.each([
    ['nothing is given', [], 2, '--yes'],
    ['not everything is given', ['--test-command', 'npm test'], 2, '--yes'],
    ['a command needs a shell', ['--yes', '--test-command', 'npm test | tee log'], 2, '[bash, -c, …]'],
    ['a repository is not valid', ['--yes', '--repository', 'shop'], 2, 'owner/name'],
    ['the project does not exist', ['--yes', '--project', 'nowhere'], 2, 'nowhere does not exist'],
    ['the project is a file', ['--yes', '--project', 'package.json'], 2, 'is not a folder'],
  ])('writes nothing if %s', async (_what, args, code, words) => {
    const world = aNewcomer();
    const ended = await runMaitred(world, 'init', ...args);
    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(words) });
    expectNothingWritten(world);
  });

  it('does not treat a home as a project unless it is named', async () => {
    const world = aNewcomer();
    const atHome = { ...world, projectDir: world.homeDir };
    const { code, stderr } = await runMaitred(atHome, 'init', '--yes');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('does not look like a project: change to a project'),
    });
    expect(readdirSync(world.homeDir)).toEqual([]);
    expect(await runMaitred(atHome, 'init', '--yes', '--project', '.')).toMatchObject({ code: 0 });
  });

  it('says where to set a test command if none was found', async () => {
    const world = aNewcomer();
    rmSync(join(world.projectDir, 'package.json'));
    const { code, stderr } = await runMaitred(world, 'init', '--yes');
    expect(code).toBe(0);
    expect(stderr).toContain(`set test_check.command in ${inProject(world, 'config.yaml')}`);
  });
});

describe('a second maitred init', () => {
  it('keeps every file, adds missing ones, and repairs the plugin', async () => {
    const world = aNewcomer();
    await runMaitred(world, 'init', '--yes');
    const mine = '# mine\ntest_check: { command: [make, test] }\n';
    writeFileSync(inProject(world, 'config.yaml'), mine);
    rmSync(inProject(world, 'temp'), { recursive: true });
    const server = join(world.stateFolder.pluginDir, '.mcp.json');
    const whole = readFileSync(server, 'utf8');
    writeFileSync(server, whole.replace('maitred.js', 'moved.js'));
    const { code, stdout } = await runMaitred(world, 'init', '--yes');
    expect(code).toBe(0);
    expect(readInProject(world, 'config.yaml')).toBe(mine);
    expect(readFileSync(server, 'utf8')).toBe(whole);
    expect(stdout).toContain(`kept     ${inProject(world, 'config.yaml')}\n`);
    expect(stdout).toContain(`written  ${inProject(world, 'temp/.gitignore')}\n`);
    expect(stdout).toContain(`written  ${world.stateFolder.pluginDir}\n`);
    expect((await runMaitred(world, 'init', '--yes')).stdout).not.toContain('written');
  });

  it('restores the schema that the configuration names', async () => {
    const world = aNewcomer();
    await runMaitred(world, 'init', '--yes');
    const schema = readInProject(world, 'config.schema.json');
    rmSync(inProject(world, 'config.schema.json'));
    const { stdout } = await runMaitred(world, 'init', '--yes');
    expect(stdout).toContain(`written  ${inProject(world, 'config.schema.json')}\n`);
    expect(readInProject(world, 'config.schema.json')).toBe(schema);
  });

  it('names the faults of the configuration that it keeps', async () => {
    const world = aNewcomer();
    await runMaitred(world, 'init', '--yes');
    writeFileSync(inProject(world, 'config.yaml'), 'loging: {}\n');
    const { code, stderr } = await runMaitred(world, 'init', '--yes');
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^maitred: .*config\.yaml:1:1: unknown section "loging"; .*\n$/),
    });
  });

  it('prints commands that work in a shell', async () => {
    const world = aNewcomer();
    const unknown = { ...world, env: { ...world.env, PATH: process.env.PATH ?? '' } };
    await runMaitred(unknown, 'init', '--yes');
    const { stderr } = await runMaitred(unknown, 'init', '--yes', '--test-command', `make "it's all"`);
    const [, change = ''] = /to set them, run: (.*)\n/.exec(stderr) ?? [];
    const [, alias = ''] = /to define it, run: (.*)\n/.exec(stderr) ?? [];
    const script = `shopt -s expand_aliases\n${alias}\n${change}`;
    expect(await run('bash', ['-c', script], { cwd: world.projectDir, env: unknown.env })).toMatchObject({ code: 0 });
    expect(readInProject(world, 'config.yaml')).toContain("  command: [make, it's all]\n");
  });

  it('says how to change the configuration that it keeps', async () => {
    const world = aNewcomer();
    await runMaitred(world, 'init', '--yes');
    const { code, stderr } = await runMaitred(world, 'init', '--yes', '--test-command', 'make test');
    expect(code).toBe(0);
    expect(stderr).toContain(`maitred config set test_check.command 'make test'\n`);
    expect(readInProject(world, 'config.yaml')).toContain('  command: [npm, test]\n');
  });

  it('adds to a .gitignore that does not ignore the secrets', async () => {
    const world = aNewcomer();
    mkdirSync(inProject(world, ''));
    writeFileSync(inProject(world, '.gitignore'), 'temp/\n');
    const { code } = await runMaitred(world, 'init', '--yes');
    expect(code).toBe(0);
    expect(readInProject(world, '.gitignore')).toBe('temp/\n.secrets.yaml\n*.tmp\n');
  });
});

describe('kitchen_status', () => {
  it('compares the version of the plugin with the server at each call', async () => {
    const world = aNewcomer();
    const server = spawnServer({ world });
    await server.initialize();
    const versions = async () => {
      const { package_version, plugin_json_version, versions_match } = outputOf(
        await server.callTool('kitchen_status'),
      );
      return { isSame: plugin_json_version === package_version, plugin_json_version, versions_match };
    };
    expect(await versions()).toEqual({ isSame: false, plugin_json_version: null, versions_match: null });
    await runMaitred(world, 'init', '--yes');
    expect(await versions()).toMatchObject({ isSame: true, versions_match: true });
    const manifest = join(world.stateFolder.pluginDir, '.claude-plugin', 'plugin.json');
    writeFileSync(manifest, '{"version": "0.0.1"}');
    expect(await versions()).toMatchObject({ plugin_json_version: '0.0.1', versions_match: false });
    writeFileSync(manifest, 'broken');
    expect(await versions()).toEqual({ isSame: false, plugin_json_version: null, versions_match: null });
  });
});

describe('several maitred init at once', () => {
  it('leave complete files from one of them, and nothing else', async () => {
    const world = aNewcomer();
    const commands = ['one', 'two', 'three', 'four'];
    const runs = await Promise.all(commands.map((name) => runMaitred(world, 'init', '--yes', '--test-command', name)));
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(filesIn(inProject(world, ''))).toEqual(projectFiles);
    expect(filesIn(world.stateFolder.pluginDir)).toEqual(pluginFiles);
    const written = runs.filter(({ stdout }) => stdout.includes(`written  ${inProject(world, 'config.yaml')}\n`));
    expect(written).toHaveLength(1);
    const winner = commands[runs.indexOf(written[0] as Run)];
    expect(readInProject(world, 'config.yaml')).toContain(`  command: [${winner}]\n`);
  });
});

describe('maitred init with an obstacle', () => {
  it.each<[string, (path: string) => void, string]>([
    ['a file', (path) => writeFileSync(path, ''), 'is a file'],
    ['a dangling link', (path) => symlinkSync('nowhere', path), 'is a dangling link'],
    ['a link to itself', (path) => symlinkSync('.maitred', path), 'is a dangling link'],
  ])('names it and writes nothing: %s', async (_what, plant, words) => {
    const world = aNewcomer();
    plant(join(world.projectDir, '.maitred'));
    const ended = await runMaitred(world, 'init', '--yes');
    expect(ended).toMatchObject({ code: 5, stdout: '' });
    expect(ended.stderr).toContain(`${join(world.projectDir, '.maitred')} ${words}`);
    expect(existsSync(world.stateFolder.dir)).toBe(false);
  });

  it('follows a link to a folder', async () => {
    const world = aNewcomer();
    mkdirSync(join(world.projectDir, 'elsewhere'));
    symlinkSync('elsewhere', join(world.projectDir, '.maitred'));
    expect(await runMaitred(world, 'init', '--yes')).toMatchObject({ code: 0 });
    expect(filesIn(join(world.projectDir, 'elsewhere'))).toEqual(projectFiles);
  });

  it('leaves a state folder of another format alone', async () => {
    const world = aNewcomer();
    mkdirSync(world.stateFolder.dir);
    writeFileSync(world.stateFolder.formatFile, '99\n');
    expect(await runMaitred(world, 'init', '--yes')).toMatchObject({ code: 5, stderr: expect.stringContaining('99') });
    expect(existsSync(inProject(world, ''))).toBe(false);
    expect(existsSync(world.stateFolder.pluginDir)).toBe(false);
  });

  const readOnly = 'mount --bind "a project" "a project" && mount -o remount,bind,ro "a project"';

  function runWithMount(world: World, mount: string): Promise<Run> {
    const script = `cd .. && ${mount} && cd "a project" && "$@"; code=$?; find .maitred -type f; exit $code`;
    const [file, ...args] = [...inOwnMounts, 'sh', '-c', script, 'sh', process.execPath, program(), 'init', '--yes'];
    return run(file, args, { cwd: world.projectDir, env: world.env });
  }

  it.runIf(canMount())('says that the disk is read-only', async () => {
    const world = aNewcomer();
    const { code, stderr } = await runWithMount(world, readOnly);
    expect(code).toBe(69);
    expect(stderr).toContain('(EROFS): choose a place that is not mounted read-only');
    expect(existsSync(inProject(world, ''))).toBe(false);
  });

  it.runIf(canMount())('accepts a read-only disk if nothing is missing', async () => {
    const world = aNewcomer();
    await runMaitred(world, 'init', '--yes');
    const ended = await runWithMount(world, readOnly);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
  });

  it.runIf(canMount())('says that the disk is full, and leaves only complete files', async () => {
    const world = aNewcomer();
    mkdirSync(inProject(world, ''));
    const { code, stdout, stderr } = await runWithMount(world, 'mount -t tmpfs -o size=4k none "a project/.maitred"');
    expect(code).toBe(69);
    expect(stderr).toContain('(ENOSPC): make room on the disk');
    expect(stdout).toBe('.maitred/.gitignore\n');
  });
});

describe.skipIf(spawnSync('script', ['--version']).status !== 0)('maitred init on a terminal', () => {
  const init = (world: World, ...args: string[]): Terminal =>
    runOnTerminal([process.execPath, program(), 'init', ...args], { cwd: world.projectDir, env: world.env });

  it('asks with what it detected as the default, shows a summary, and writes after the yes', async () => {
    const world = aNewcomer();
    const terminal = init(world);
    await terminal.waitFor('Test command [npm test]: ');
    terminal.type('\r');
    await terminal.waitFor('GitHub repository [acme/shop]: ');
    terminal.type('other/one\r');
    await terminal.waitFor('repository:      other/one');
    await terminal.waitFor('[Y/n] ');
    expectNothingWritten(world);
    terminal.type('\r');
    expect(await terminal.exited()).toBe(0);
    expect(readInProject(world, 'config.yaml')).toContain('  command: [npm, test]\n');
    expect(readInProject(world, 'config.yaml')).toContain('  default_repo: other/one\n');
  });

  it('asks again after an invalid answer, and accepts "none"', async () => {
    const world = aNewcomer();
    const terminal = init(world);
    await terminal.waitFor('Test command [npm test]: ');
    terminal.type('npm test | tee log\r');
    await terminal.waitFor('or answer none.');
    await terminal.waitFor('Test command [npm test]: ');
    terminal.type('none\r');
    await terminal.waitFor('GitHub repository [acme/shop]: ');
    terminal.type('none\ry\r');
    expect(await terminal.exited()).toBe(0);
    expect(readInProject(world, 'config.yaml')).toContain('  # command: []\n');
    expect(readInProject(world, 'config.yaml')).toContain('  # default_repo: null\n');
  });

  it.each([
    ['^C at the first question', ['\u0003']],
    ['the end of the input at the first question', ['\u0004']],
    ['^C at the last question', ['\r', '\r', '\u0003']],
    ['a no', ['\r', '\r', 'n\r']],
  ])('writes nothing after %s', async (_what, keys) => {
    const world = aNewcomer();
    const terminal = init(world);
    for (const [at, key] of keys.entries()) {
      await terminal.waitFor(['Test command [npm test]: ', 'GitHub repository [acme/shop]: ', '[Y/n] '][at] ?? '');
      terminal.type(key);
    }
    expect(await terminal.exited()).toBe(130);
    expect(terminal.shown).toContain('maitred: nothing has been written');
    expectNothingWritten(world);
  });

  it('asks only for what was not given, and nothing with --yes', async () => {
    const world = aNewcomer();
    const asking = init(world, '--test-command', 'make test', '--repository', 'other/one');
    await asking.waitFor('[Y/n] ');
    asking.type('\r');
    expect(await asking.exited()).toBe(0);
    expect(asking.shown).not.toContain('Test command');
    const silent = init(world, '--yes');
    expect(await silent.exited()).toBe(0);
    expect(silent.shown).not.toContain('[Y/n]');
  });

  it('asks nothing about a configuration that stays', async () => {
    const world = aNewcomer();
    await runMaitred(world, 'init', '--yes');
    const terminal = init(world);
    await terminal.waitFor('Add what is missing in ');
    await terminal.waitFor('[Y/n] ');
    terminal.type('y\r');
    expect(await terminal.exited()).toBe(0);
    expect(terminal.shown).not.toContain('Test command');
  });
});
