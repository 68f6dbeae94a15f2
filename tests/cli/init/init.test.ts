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
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { git } from '../../support/a-git-project.ts';
import {
  aNewcomer,
  expectNothingWritten,
  filesIn,
  inProject,
  pluginFiles,
  projectFiles,
  readInProject,
} from '../../support/a-newcomer.ts';
import type { World } from '../../support/spawned-server.ts';
import { runProgram } from '../run-program.ts';

const modeOf = (path: string) => statSync(path).mode & 0o777;

const hostOf = ({ projectDir, homeDir, env }: World) => ({ cwd: () => projectDir, homeDir, env });

async function init(world: World, ...args: readonly string[]) {
  const { out, err, exits } = await runProgram(['init', ...args], hostOf(world));
  return { code: exits[0], stdout: out, stderr: err };
}

/** The same on a terminal, where this is typed ahead. */
async function initTyped(world: World, typed: string, ...args: readonly string[]) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  stdin.write(typed);
  const { err, exits } = await runProgram(['init', ...args], { ...hostOf(world), stdin }, true);
  return { code: exits[0], shown: err };
}

describe('maitred init without a terminal', () => {
  it('keeps all files private, and the secrets out of git', async () => {
    const world = aNewcomer();
    await init(world, '--yes');
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
    await init({ ...world, projectDir: within }, '--yes');
    expect(filesIn(inProject(world, ''))).toEqual(projectFiles);
    await init({ ...world, projectDir: within }, '--yes', '--project', '..');
    expect(filesIn(join(world.projectDir, 'src', '.maitred'))).toEqual(projectFiles);
  });

  it('prefers what was given to what was detected', async () => {
    const world = aNewcomer();
    const given = ['--test-command', 'npm run "test unit"', '--repository', 'other/one'];
    expect(await init(world, ...given)).toMatchObject({ code: 0 });
    expect(readInProject(world, 'config.yaml')).toContain('  command: [npm, run, test unit]\n');
    expect(readInProject(world, 'config.yaml')).toContain('  default_repo: other/one\n');
  });

  it.each([
    ['nothing is given', [], 2, '--yes'],
    ['not everything is given', ['--test-command', 'npm test'], 2, '--yes'],
    ['a command needs a shell', ['--yes', '--test-command', 'npm test | tee log'], 2, `sh -c 'npm test | tee log'`],
    ['a repository is not valid', ['--yes', '--repository', 'shop'], 2, 'owner/name'],
    ['the project does not exist', ['--yes', '--project', 'nowhere'], 2, 'nowhere does not exist'],
    ['the project is a file', ['--yes', '--project', 'package.json'], 2, 'is not a folder'],
  ])('writes nothing if %s', async (_what, args, code, words) => {
    const world = aNewcomer();
    const ended = await init(world, ...args);
    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(words) });
    expectNothingWritten(world);
  });

  it('does not treat a home as a project unless it is named', async () => {
    const world = aNewcomer();
    const atHome = { ...world, projectDir: world.homeDir };
    const { code, stderr } = await init(atHome, '--yes');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('does not look like a project: change to a project'),
    });
    expect(readdirSync(world.homeDir)).toEqual([]);
    expect(await init(atHome, '--yes', '--project', '.')).toMatchObject({ code: 0 });
  });

  it('says where to set a test command if none was found', async () => {
    const world = aNewcomer();
    rmSync(join(world.projectDir, 'package.json'));
    const { code, stderr } = await init(world, '--yes');
    expect(code).toBe(0);
    expect(stderr).toContain(`set test_check.command in ${inProject(world, 'config.yaml')}`);
  });
});

describe('a second maitred init', () => {
  it('keeps every file, adds missing ones, and repairs the plugin', async () => {
    const world = aNewcomer();
    await init(world, '--yes');
    const mine = '# mine\ntest_check: { command: [make, test] }\n';
    writeFileSync(inProject(world, 'config.yaml'), mine);
    rmSync(inProject(world, 'temp'), { recursive: true });
    const server = join(world.stateFolder.pluginDir, '.mcp.json');
    const whole = readFileSync(server, 'utf8');
    writeFileSync(server, whole.replace('maitred.js', 'moved.js'));
    const { code, stdout } = await init(world, '--yes');
    expect(code).toBe(0);
    expect(readInProject(world, 'config.yaml')).toBe(mine);
    expect(readFileSync(server, 'utf8')).toBe(whole);
    expect(stdout).toContain(`kept     ${inProject(world, 'config.yaml')}\n`);
    expect(stdout).toContain(`written  ${inProject(world, 'temp/.gitignore')}\n`);
    expect(stdout).toContain(`written  ${world.stateFolder.pluginDir}\n`);
    expect((await init(world, '--yes')).stdout).not.toContain('written');
  });

  it('restores the schema that the configuration names', async () => {
    const world = aNewcomer();
    await init(world, '--yes');
    const schema = readInProject(world, 'config.schema.json');
    rmSync(inProject(world, 'config.schema.json'));
    const { stdout } = await init(world, '--yes');
    expect(stdout).toContain(`written  ${inProject(world, 'config.schema.json')}\n`);
    expect(readInProject(world, 'config.schema.json')).toBe(schema);
  });

  it('names the faults of the configuration that it keeps', async () => {
    const world = aNewcomer();
    await init(world, '--yes');
    writeFileSync(inProject(world, 'config.yaml'), 'loging: {}\n');
    const { code, stderr } = await init(world, '--yes');
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^maitred: .*config\.yaml:1:1: unknown section "loging"; .*\n$/),
    });
  });

  it('says how to change the configuration that it keeps', async () => {
    const world = aNewcomer();
    await init(world, '--yes');
    const { code, stderr } = await init(world, '--yes', '--test-command', 'make test');
    expect(code).toBe(0);
    expect(stderr).toContain(`maitred config set test_check.command 'make test'\n`);
    expect(readInProject(world, 'config.yaml')).toContain('  command: [npm, test]\n');
  });

  it('adds to a .gitignore that does not ignore the secrets', async () => {
    const world = aNewcomer();
    mkdirSync(inProject(world, ''));
    writeFileSync(inProject(world, '.gitignore'), 'temp/\n');
    const { code } = await init(world, '--yes');
    expect(code).toBe(0);
    expect(readInProject(world, '.gitignore')).toBe('temp/\n.secrets.yaml\n*.tmp\n');
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
    const ended = await init(world, '--yes');
    expect(ended).toMatchObject({ code: 5, stdout: '' });
    expect(ended.stderr).toContain(`${join(world.projectDir, '.maitred')} ${words}`);
    expect(existsSync(world.stateFolder.dir)).toBe(false);
  });

  it('follows a link to a folder', async () => {
    const world = aNewcomer();
    mkdirSync(join(world.projectDir, 'elsewhere'));
    symlinkSync('elsewhere', join(world.projectDir, '.maitred'));
    expect(await init(world, '--yes')).toMatchObject({ code: 0 });
    expect(filesIn(join(world.projectDir, 'elsewhere'))).toEqual(projectFiles);
  });

  it('leaves a state folder of another format alone', async () => {
    const world = aNewcomer();
    mkdirSync(world.stateFolder.dir);
    writeFileSync(world.stateFolder.formatFile, '99\n');
    expect(await init(world, '--yes')).toMatchObject({ code: 5, stderr: expect.stringContaining('99') });
    expect(existsSync(inProject(world, ''))).toBe(false);
    expect(existsSync(world.stateFolder.pluginDir)).toBe(false);
  });
});

describe('maitred init on a terminal', () => {
  it('asks again after an invalid answer, and accepts "none"', async () => {
    const world = aNewcomer();
    const { code, shown } = await initTyped(world, 'npm test | tee log\rnone\rnone\r\ry\r');
    expect(code).toBe(0);
    expect(shown).toMatch(/Test command \[npm test\]: .*or answer none\.\n.*Test command \[npm test\]: /s);
    expect(readInProject(world, 'config.yaml')).toContain('  # command: []\n');
    expect(readInProject(world, 'config.yaml')).toContain('  # default_repo: null\n');
  });

  it.each([
    ['^C at the first question', '\u0003'],
    ['the end of the input at the first question', '\u0004'],
    ['^C at the last question', '\r\r\r\u0003'],
    ['a no at the last question', '\r\r\rn\r'],
  ])('writes nothing after %s', async (_what, typed) => {
    const world = aNewcomer();
    const { code, shown } = await initTyped(world, typed);
    expect({ code, shown }).toEqual({ code: 130, shown: expect.stringContaining('maitred: nothing has been written') });
    expectNothingWritten(world);
  });

  it('asks only for what was not given, and nothing with --yes', async () => {
    const world = aNewcomer();
    const asking = await initTyped(world, '\r\r', '--test-command', 'make test', '--repository', 'other/one');
    expect(asking).toEqual({ code: 0, shown: expect.stringContaining('[Y/n]') });
    expect(asking.shown).not.toContain('Test command');
    expect((await initTyped(world, '', '--yes')).shown).not.toContain('[Y/n]');
  });

  it('asks nothing about a configuration that stays', async () => {
    const world = aNewcomer();
    await init(world, '--yes');
    const { code, shown } = await initTyped(world, 'y\r');
    expect({ code, shown }).toEqual({ code: 0, shown: expect.stringContaining('Add what is missing in ') });
    expect(shown).not.toContain('Test command');
  });
});
