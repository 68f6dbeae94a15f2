import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import {
  aNewcomer,
  expectNothingWritten,
  filesIn,
  inProject,
  pluginFiles,
  projectFiles,
  readInProject,
} from '../support/a-newcomer.ts';
import { canMount, inOwnMounts } from '../support/own-mounts.ts';
import { type Run, run, runMaitred } from '../support/run-maitred.ts';
import { outputOf, spawnServer, type World } from '../support/spawned-server.ts';
import { runOnTerminal, type Terminal } from '../support/terminal.ts';

const program = () => join(inject('programDir'), 'maitred.js');

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
});

describe('a second maitred init', () => {
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
    expect(stdout.endsWith('\n\n.maitred/.gitignore\n')).toBe(true);
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
    await terminal.waitFor('these hooks? [Y/n] ');
    terminal.type('\r');
    await terminal.waitFor('repository:      other/one');
    await terminal.waitFor('[Y/n] ');
    expectNothingWritten(world);
    terminal.type('\r');
    expect(await terminal.exited()).toBe(0);
    expect(readInProject(world, 'config.yaml')).toContain('  command: [npm, test]\n');
    expect(readInProject(world, 'config.yaml')).toContain('  default_repo: other/one\n');
  });

  it('writes nothing after ^C at the last question', async () => {
    const world = aNewcomer();
    const terminal = init(world);
    for (const question of ['Test command [npm test]: ', 'GitHub repository [acme/shop]: ', 'these hooks? [Y/n] ']) {
      await terminal.waitFor(question);
      terminal.type('\r');
    }
    await terminal.waitFor('[Y/n] ');
    terminal.type('\u0003');
    expect(await terminal.exited()).toBe(130);
    expect(terminal.shown).toContain('maitred: nothing has been written');
    expectNothingWritten(world);
  });
});
