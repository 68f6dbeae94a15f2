import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { run, runMaitred } from '../support/run-maitred.ts';
import { aWorld, type World } from '../support/spawned-server.ts';

const changes = {
  'wire.max_waiting': '1',
  'wire.max_in_flight': '2',
  'wire.max_message_mib': '3',
  'shutdown.drain_ms': '4',
  'read_db.timeout': '5',
  'read_db.max_rows': '6',
  'logging.level': 'ERROR',
  'subsets.disabled': '[a, b]',
  'kitchen.visibility': 'gated',
  'workspace.temp_dir': 'x',
} as const;

const dirOf = ({ projectDir }: World) => join(projectDir, '.maitred');

/** Runs a command of the built program under a limit on the size of the files that it writes, in blocks of 1 KiB. */
const runWithSmallFiles = (world: World, blocks: number, ...args: readonly string[]) =>
  run(
    'bash',
    [
      '-c',
      `ulimit -f ${blocks}; exec "$@"`,
      'bash',
      process.execPath,
      join(inject('programDir'), 'maitred.js'),
      ...args,
    ],
    {
      cwd: world.projectDir,
      env: world.env,
    },
  );

describe('the built maitred config', () => {
  it('loses no key that many processes set in one file at once', async () => {
    const world = aWorld();
    const runs = await Promise.all(
      Object.entries(changes).map(([key, value]) => runMaitred(world, 'config', 'set', key, value)),
    );
    expect(runs.map(({ code }) => code)).toEqual(runs.map(() => 0));
    const { settings } = JSON.parse((await runMaitred(world, 'config', 'show', '--json')).stdout);
    for (const key of Object.keys(changes)) expect(settings[key].origin).toContain('config.yaml:');
    expect(readdirSync(dirOf(world)).sort()).toEqual(['config.schema.json', 'config.yaml']);
  });

  it('removes the lock of a killed process', async () => {
    const world = aWorld();
    mkdirSync(`${dirOf(world)}/config.yaml.lock`);
    writeFileSync(`${dirOf(world)}/config.yaml.lock/${2 ** 30}_1_.aB3xY9`, '');
    expect(await runMaitred(world, 'config', 'set', 'wire.max_waiting', '1')).toMatchObject({ code: 0 });
    expect(readdirSync(dirOf(world))).not.toContain('config.yaml.lock');
  });

  it('leaves every file as it was if the disk is full', async () => {
    const world = aWorld();
    const file = join(dirOf(world), 'config.yaml');
    const text = `# ${'x'.repeat(10_000)}\nwire: {}\n`;
    writeFileSync(file, text);
    const { code, stderr } = await runWithSmallFiles(world, 4, 'config', 'set', 'wire.max_waiting', '1');
    expect(stderr).toBe(
      `maitred: ${file} cannot be written (EFBIG): raise the limit on the size of files (ulimit -f).\n`,
    );
    expect(code).toBe(69);
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(readdirSync(dirOf(world))).toEqual(['config.yaml']);
  });

  it('leaves no folder if nothing could be written', async () => {
    const world = aWorld();
    const { code, stderr } = await runWithSmallFiles(world, 0, 'config', 'set', 'wire.max_waiting', '1', '--user');
    expect(stderr).toContain(`${world.homeDir}/.config/maitred/config.schema.json cannot be written (EFBIG)`);
    expect(code).toBe(69);
    expect(readdirSync(`${world.homeDir}/.config`)).toEqual([]);
  });

  it('shows the value that the server uses', async () => {
    const world = aWorld();
    await runMaitred(world, 'config', 'set', 'logging.level', 'DEBUG');
    const { stdout, stderr, code } = await runMaitred(world, 'config', 'show', 'logging.level');
    expect({ stdout, stderr, code }).toEqual({
      stdout: `logging.level  DEBUG  ${dirOf(world)}/config.yaml:3:3\n`,
      stderr: '',
      code: 0,
    });
  });
});
