import { closeSync, existsSync, openSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CliHost } from '../../../src/cli/cli-host.ts';
import { retentionOf, runClean } from '../../../src/cli/status/status-clean.ts';
import { addStatusCommand } from '../../../src/cli/status/status-command.ts';
import { createRedactor } from '../../../src/domain/redact.ts';
import type { StateFolder } from '../../../src/domain/state-folder.ts';
import { readProcessIdentity } from '../../../src/services/platform/process-identity.ts';
import { aServerRecord, aStateFolder, plantRecord } from '../../doubles/server-records.ts';
import { dayMs, hourMs, plantFile } from '../../services/state/retention/planted-files.ts';
import { runProgram } from '../run-program.ts';

const deadProcess = { pid: 2 ** 30, startTicks: null, bootId: null };

interface Said {
  out: string;
  err: string;
}

function aHost(folder: StateFolder, isTTY = false): { host: CliHost; said: Said } {
  const said = { out: '', err: '' };
  const outputTo = (end: keyof Said) => ({
    isTTY,
    write: (text: string) => {
      said[end] += text;
    },
  });
  const host: CliHost = {
    argv: [],
    env: { MAITRED_STATE_DIR: folder.dir },
    stdin: process.stdin,
    stdout: outputTo('out'),
    stderr: outputTo('err'),
    version: '1.2.3',
    platform: process.platform,
    homeDir: `${folder.dir}.home`,
    nodeFile: process.execPath,
    programDir: 'dist',
    cwd: () => folder.dir,
    isStartedByServer: () => false,
    isDetached: false,
    whenAskedToEnd: () => new Promise(() => undefined),
    exit: () => undefined,
    redactor: () => createRedactor([]),
    openInspector: () => Promise.reject(new Error('nobody asked for the inspector')),
    runOnTerminal: () => Promise.reject(new Error('nobody asked for a program')),
    runRecipe: () => Promise.reject(new Error('nobody asked for a run')),
    startDetached: () => Promise.reject(new Error('nobody asked for a run')),
  };
  return { host, said };
}

async function clean(folder: StateFolder, args: string[] = [], { isTTY = false } = {}): Promise<Said> {
  const { host, said } = aHost(folder, isTTY);
  const program = new Command();
  addStatusCommand(program, host);
  await program.parseAsync(['status', '--clean', ...args], { from: 'user' });
  return said;
}

const snapshot = ({ dir }: StateFolder): string[] =>
  readdirSync(dir, { recursive: true })
    .map((name) => `${name} ${statSync(`${dir}/${name}`).mtimeMs} ${statSync(`${dir}/${name}`).ino}`)
    .sort();

/** Files that are too old, too many or too large. */
function aFullFolder(): StateFolder {
  const folder = aStateFolder();
  plantFile(`${folder.crashesDir}/old.json`, 41 * dayMs + 3 * hourMs, 2_048);
  for (let at = 0; at < 51; at += 1) plantFile(`${folder.crashesDir}/${at}.json`, 2 * hourMs + at * 1_000, 1_024);
  plantFile(`${folder.outputDir}/dead.1.stdout`, hourMs, 3_221_225_472);
  plantFile(`${folder.serversDir}/.dead.tmp`, 2 * hourMs, 5);
  return folder;
}

describe('status --clean', () => {
  it('lists by kind what would be removed, how much and why, and removes nothing', async () => {
    const folder = aFullFolder();
    const before = snapshot(folder);
    const { out, err } = await clean(folder);
    const withoutMinutes = out.replace(/ \d+ min/g, '');
    expect(withoutMinutes).toBe(
      [
        'crash files: 2 files, 3.0 KiB would be removed',
        `  ${folder.crashesDir}/50.json: 2 h old, the newest 50 are kept`,
        `  ${folder.crashesDir}/old.json: 41 d 3 h old, kept for 30 days`,
        '',
        'command output: 1 file, 3.0 GiB would be removed',
        `  ${folder.outputDir}/dead.1.stdout: 1 h old, 3.0 GiB, larger than 1.0 MiB`,
        '',
        'unfinished files: 1 file, 5 B would be removed',
        `  ${folder.serversDir}/.dead.tmp: 2 h old, kept for 1 hour`,
        '',
      ].join('\n'),
    );
    expect(err).toBe('maitred: nothing has been removed; add --yes to remove it\n');
    await clean(folder, ['--json']);
    expect(snapshot(folder)).toEqual(before);
  });

  it('lists as JSON what would be removed', async () => {
    const folder = aFullFolder();
    const { out, err } = await clean(folder, ['--json']);
    const { would_remove: wouldRemove, ...rest } = JSON.parse(out);
    expect(rest).toEqual({ state_dir: folder.dir, bytes: 3_221_228_549, failed: [], unreadable: [] });
    expect(wouldRemove).toMatchObject([
      { kind: 'crash_file', path: `${folder.crashesDir}/50.json`, bytes: 1_024, reason: 'too_many' },
      { kind: 'crash_file', path: `${folder.crashesDir}/old.json`, bytes: 2_048, reason: 'too_old' },
      { kind: 'command_output', path: `${folder.outputDir}/dead.1.stdout`, reason: 'large' },
      { kind: 'unfinished_file', path: `${folder.serversDir}/.dead.tmp`, bytes: 5, reason: 'too_old' },
    ]);
    expect(Object.keys(wouldRemove[0])).toEqual(['kind', 'path', 'bytes', 'age_ms', 'reason']);
    expect(wouldRemove[1].age_ms).toBeGreaterThanOrEqual(41 * dayMs + 3 * hourMs);
    expect(err).toBe('maitred: nothing has been removed; add --yes to remove it\n');
  });

  it('lists nothing if no server has ever run, and makes no folder', async () => {
    const folder = aStateFolder();
    rmSync(folder.dir, { recursive: true });
    for (const args of [[], ['--yes']]) {
      expect(await clean(folder, args)).toEqual({ out: 'Nothing to remove.\n', err: '' });
    }
    expect(JSON.parse((await clean(folder, ['--json'])).out)).toMatchObject({ would_remove: [], bytes: 0 });
    expect(existsSync(folder.dir)).toBe(false);
  });

  it('names a folder that it cannot read, and reads the others', async () => {
    const folder = aStateFolder();
    plantFile(`${folder.crashesDir}/old.json`, 31 * dayMs);
    writeFileSync(folder.earlySettingsDir, '');
    const { out, err } = await clean(folder, ['--yes']);
    expect(out).toContain('old.json');
    expect(err).toBe(`maitred: ${folder.earlySettingsDir} could not be read (ENOTDIR); nothing in it is removed\n`);
    expect(JSON.parse((await clean(folder, ['--json'])).out)).toMatchObject({
      unreadable: [{ path: folder.earlySettingsDir, cause: 'ENOTDIR' }],
    });
  });

  it('escapes control characters in names, and has colours only on a terminal', async () => {
    const folder = aStateFolder();
    plantFile(`${folder.crashesDir}/\u001b[2J.json`, 31 * dayMs);
    const { out } = await clean(folder);
    expect(out).toContain('/\\u001b[2J.json: 31 d 0 h old');
    expect(out).not.toContain('\u001b');
    expect((await clean(folder, [], { isTTY: true })).out).toContain('\u001b[1mcrash files\u001b[0m: 1 file');
  });
});

describe('status --clean --yes', () => {
  it('removes the files and lists them, and finds nothing the next time', async () => {
    const folder = aFullFolder();
    const { out, err } = await clean(folder, ['--yes']);
    expect(out).toContain('crash files: 2 files, 3.0 KiB removed\n');
    expect(out).toContain(`  ${folder.serversDir}/.dead.tmp: 2 h`);
    expect(err).toBe('');
    expect(readdirSync(folder.crashesDir)).toHaveLength(50);
    expect([folder.outputDir, folder.serversDir].map((dir) => readdirSync(dir))).toEqual([[], []]);
    expect(await clean(folder, ['--yes'])).toEqual({ out: 'Nothing to remove.\n', err: '' });
  });

  it('lists as JSON what it has removed', async () => {
    const folder = aFullFolder();
    const { out, err } = await clean(folder, ['--yes', '--json']);
    const { removed, ...rest } = JSON.parse(out);
    expect(removed).toHaveLength(4);
    expect(rest).toEqual({ state_dir: folder.dir, bytes: 3_221_228_549, failed: [], unreadable: [] });
    expect(err).toBe('');
    expect(existsSync(`${folder.crashesDir}/old.json`)).toBe(false);
  });

  it('keeps the command output of a live server', async () => {
    const folder = aStateFolder();
    plantRecord(folder, aServerRecord({ serverId: 'live' }));
    plantRecord(folder, aServerRecord({ serverId: 'dead', process: deadProcess }));
    for (const id of ['live', 'dead']) plantFile(`${folder.outputDir}/${id}.1.stdout`, 8 * dayMs);
    await clean(folder, ['--yes']);
    expect(readdirSync(folder.outputDir)).toEqual(['live.1.stdout']);
    expect(readdirSync(folder.serversDir).sort()).toEqual(['dead.json', 'live.json']);
  });

  it('removes output above 1 MiB at once, also that of a live server, but not that of a command that still runs', async () => {
    const folder = aStateFolder();
    plantRecord(folder, aServerRecord({ serverId: 'live', process: readProcessIdentity(process.pid) }));
    plantRecord(
      folder,
      aServerRecord({ serverId: 'elsewhere', process: { ...readProcessIdentity(process.pid), startTicks: null } }),
    );
    const mebibyte = 1_048_576;
    const plant = (name: string, bytes: number) => plantFile(`${folder.outputDir}/${name}`, 1_000, bytes);
    plant('live.1.stdout', mebibyte + 1);
    plant('live.2.stdout', mebibyte);
    plant('dead.1.stderr', mebibyte + 1);
    plant('dead.2.stdout', mebibyte);
    // The process of this server cannot be seen here.
    plant('elsewhere.1.stdout', mebibyte + 1);
    const running = openSync(plant('live.3.stdout', mebibyte + 1), 'r');
    onTestFinished(() => closeSync(running));
    const { out } = await clean(folder, ['--yes']);
    expect(readdirSync(folder.outputDir).sort()).toEqual([
      'dead.2.stdout',
      'elsewhere.1.stdout',
      'live.2.stdout',
      'live.3.stdout',
    ]);
    expect(out).toMatch(/live\.1\.stdout: .* old, 1\.0 MiB, larger than 1\.0 MiB/);
  });

  it('fails if a file cannot be removed, names it, and removes the rest', () => {
    for (const asJson of [false, true]) {
      const folder = aStateFolder();
      const path = plantFile(`${folder.crashesDir}/old.json`, 31 * dayMs);
      plantFile(`${folder.earlySettingsDir}/old.json`, 31 * dayMs);
      const { host, said } = aHost(folder);
      const retention = retentionOf(folder);
      const plan = retention.plan();
      rmSync(folder.crashesDir, { recursive: true });
      writeFileSync(folder.crashesDir, '');

      const request = { stateDir: folder.dir, isConfirmed: true, asJson };
      const running = () => runClean(host, { ...request, retention: { ...retention, plan: () => plan } });
      expect(running).toThrow(expect.objectContaining({ code: 'unavailable' }));
      expect(said.err).toBe(`maitred: ${path} could not be removed (ENOTDIR)\n`);
      if (asJson) {
        expect(JSON.parse(said.out)).toMatchObject({ removed: [{}], failed: [{ path, errno: 'ENOTDIR' }] });
      } else {
        expect(said.out).toContain('early-settings caches: 1 file, 10 B removed');
        expect(said.out).not.toContain(path);
      }
      expect(readdirSync(folder.earlySettingsDir)).toEqual([]);
      expect(running).toThrow('1 file could not be removed: ');
      expect(said.out).not.toContain('Nothing');
    }
  });
});

describe('the options --clean and --yes', () => {
  it('reject --yes alone, and name the right command', async () => {
    const folder = aFullFolder();
    const before = snapshot(folder);
    for (const args of [['--yes'], ['--yes', '--json']]) {
      expect(await runProgram(['status', ...args], { env: { MAITRED_STATE_DIR: folder.dir } })).toEqual({
        out: '',
        err: 'maitred: --yes needs --clean: maitred status --clean --yes removes files\n',
        exits: [2],
      });
    }
    expect(snapshot(folder)).toEqual(before);
  });

  it('are in the help, with an example', async () => {
    const { out } = await runProgram(['status', '--help']);
    for (const words of ['--clean ', '--yes ', '$ maitred status --clean --yes']) expect(out).toContain(words);
  });

  it('are parsed by the program', async () => {
    const folder = aFullFolder();
    const { out, exits } = await runProgram(['status', '--clean'], { env: { MAITRED_STATE_DIR: folder.dir } });
    expect(out).toContain('crash files: 2 files, 3.0 KiB would be removed\n');
    expect(exits).toEqual([0]);
  });

  it('reject a state folder of another version, as status does', async () => {
    const folder = aFullFolder();
    writeFileSync(folder.formatFile, '3\n');
    const before = snapshot(folder);
    const run = (...args: string[]) => runProgram(['status', ...args], { env: { MAITRED_STATE_DIR: folder.dir } });
    const refusal = await run();
    expect(refusal).toMatchObject({ out: '', exits: [5] });
    expect(await run('--clean')).toEqual(refusal);
    expect(await run('--clean', '--json')).toEqual(refusal);
    await expect(clean(folder, ['--yes'])).rejects.toMatchObject({ code: 'conflict' });
    expect(snapshot(folder)).toEqual(before);
  });
});
