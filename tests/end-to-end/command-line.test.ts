import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { goodFiles, plantScenario } from '../cli/scenario/plant-scenario.ts';
import { type Run, run, runMaitred } from '../support/run-maitred.ts';
import { aWorld, type World } from '../support/spawned-server.ts';

/** Runs a script in which `maitred` is the built program. */
function runInShell(world: World, script: string): Promise<Run> {
  const env = { ...world.env, NODE: process.execPath, PROGRAM: join(inject('programDir'), 'maitred.js') };
  return run('bash', ['-c', `maitred() { "$NODE" "$PROGRAM" "$@"; }\n${script}`], { cwd: world.projectDir, env });
}

const commands = ['config show', 'status --json', 'schema config', 'init --yes', '--help'];

describe('the built command line', () => {
  it.each(commands)('succeeds if nobody reads its output: maitred %s', async (command) => {
    // The reader has ended before the program begins.
    const script = `exec 4> >(true); wait $!; maitred ${command} >&4; echo "code $?"`;
    const { stdout, stderr } = await runInShell(aWorld(), script);
    expect(stdout).toBe('code 0\n');
    expect(stderr).not.toMatch(/EPIPE|^ {4}at /m);
  });

  it.each(commands)('fails if its output cannot be written: maitred %s', async (command) => {
    const { code, stderr } = await runInShell(aWorld(), `maitred ${command} > /dev/full`);
    expect(code).toBe(69);
    expect(stderr).toContain('maitred: stdout cannot be written (ENOSPC): make room on the disk.\n');
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  it('ends with the exit code of the error if there is no stderr', async () => {
    expect(await runInShell(aWorld(), 'maitred statsu 2> /dev/full')).toMatchObject({ code: 2 });
  });

  it.each([
    ['config show', 3],
    ['init --yes', 3],
    ['workspace init x', 3],
    ['serve < /dev/null', 3],
  ])('says that its working folder has been removed: maitred %s', async (command, expected) => {
    const script = `mkdir gone && cd gone && rmdir ../gone && maitred ${command}`;
    const { code, stderr } = await runInShell(aWorld(), script);
    expect(code).toBe(expected);
    expect(stderr).toContain('maitred: the working folder has been removed: go to a folder that is there');
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  it('finds secrets of the environment in a scenario, and does not print them', async () => {
    const call = 'calls/0001-run_cmd/call.yaml';
    const dir = plantScenario({ [call]: goodFiles[call]?.replace('npm run build', 'login open-sesame-42') ?? null });
    const script = `export SHOP_TOKEN=open-sesame-42; maitred scenario check '${dir}'`;
    const { code, stdout } = await runInShell(aWorld(), script);
    expect(stdout).toContain(`${call}:4:8: warning: this looks like a secret`);
    expect({ code, isPrinted: stdout.includes('open-sesame-42') }).toEqual({ code: 0, isPrinted: false });
  });

  it('suggests the option that was meant before the command of wrap', async () => {
    const { code, stderr } = await runInShell(aWorld(), 'maitred wrap --lasy -- cat < /dev/null');
    expect(code).toBe(2);
    expect(stderr).toBe('maitred: unknown option --lasy (did you mean --lazy?); see maitred wrap --help\n');
  });

  it.each(['serve', 'wrap', 'status'])(
    'shows no control characters of an unknown option: maitred %s',
    async (command) => {
      const { code, stderr } = await runInShell(aWorld(), `maitred ${command} "--$(printf '\\033')]0;red" < /dev/null`);
      expect(code).toBe(2);
      expect(stderr).toContain('\\u001b]0;red');
      expect(stderr).not.toContain('\u001b');
    },
  );

  it.each(['serve', 'wrap -- cat', 'status', '--help'])(
    'is refused with one sentence by a Node that is too old, before the rest of it is loaded: maitred %s',
    async (command) => {
      const world = aWorld();
      writeFileSync(
        join(world.projectDir, 'old.cjs'),
        "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.8' } });",
      );
      const { code, stdout, stderr } = await runInShell(
        { ...world, env: { ...world.env, NODE_OPTIONS: '--require ./old.cjs' } },
        `maitred ${command} < /dev/null`,
      );
      expect({ code, stdout, stderr }).toEqual({
        code: 69,
        stdout: '',
        stderr: `maitred: Node 18.20.8 (${process.execPath}) is too old: install Node 20.19 or newer, and start maitred with it.\n`,
      });
      expect(existsSync(world.stateFolder.dir)).toBe(false);
    },
  );

  /** Mounting is for those who may make a world of their own. */
  const inOwnWorld = ['--map-root-user', '--mount', 'sh', '-c'];
  const canMount = spawnSync('unshare', [...inOwnWorld, 'mount -t tmpfs none /mnt']).status === 0;

  it.skipIf(!canMount).each([
    [['config', 'set', 'logging.level', 'INFO'], '.maitred/config.yaml cannot be written (EROFS): choose a place that'],
    [['workspace', 'init', 'tests/tmp'], 'tests/tmp cannot be made or read (EROFS): name a folder that'],
  ])('says that the disk is read-only: maitred %j', async (args, words) => {
    const world = aWorld();
    rmSync(join(world.projectDir, '.maitred'), { recursive: true });
    const script = 'mount --bind . . && mount -o remount,bind,ro . && cd "$PWD" && "$@"';
    const command = [process.execPath, join(inject('programDir'), 'maitred.js'), ...args];
    const ended = await run('unshare', [...inOwnWorld, script, 'sh', ...command], { ...world, cwd: world.projectDir });
    expect(ended).toMatchObject({ code: 69, stderr: expect.stringContaining(words) });
  });

  it('finds the home of a user without HOME', async () => {
    const world = aWorld();
    const { HOME: _, ...env } = world.env;
    for (const without of [env, { ...env, HOME: '' }]) {
      const { code, stdout } = await runMaitred({ ...world, env: without }, 'config', 'path', '--json');
      expect(code).toBe(0);
      expect(JSON.parse(stdout).files.user.path).toMatch(/^\/.+\/\.config\/maitred\/config\.yaml$/);
    }
  });

  it('refuses a relative state folder, and makes none', async () => {
    const world = aWorld();
    const env = { ...world.env, MAITRED_STATE_DIR: 'state' };
    expect(await runMaitred({ ...world, env }, 'status')).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'maitred: MAITRED_STATE_DIR is "state": give an absolute path, or one that begins with ~/, of a folder that is maitred\'s alone\n',
    });
    expect(readdirSync(world.projectDir)).toEqual(['.maitred']);
  });
});
