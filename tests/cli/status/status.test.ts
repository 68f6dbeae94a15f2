import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ServerRecord } from '../../../src/domain/server-record.ts';
import type { StateFolder } from '../../../src/domain/state-folder.ts';
import { aServerRecord, aStateFolder, plantRecord } from '../../doubles/server-records.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { type CliRun, runProgram } from '../run-program.ts';

const status = (folder: StateFolder, ...args: string[]): Promise<CliRun> =>
  runProgram(['status', ...args], { env: { MAITRED_STATE_DIR: folder.dir } });

async function statusJson(
  folder: StateFolder,
): Promise<Record<string, never> & { servers: Record<string, unknown>[] }> {
  const { out, exits } = await status(folder, '--json');
  expect(exits).toEqual([0]);
  return JSON.parse(out);
}

const deadProcess = { pid: 2 ** 30, startTicks: null, bootId: null };
const inAnotherNamespace = { ...deadProcess, pidNamespace: 'another' };
const ago = (ms: number): number => Date.now() - ms;

function aStartingServer(change: Partial<ServerRecord> = {}): ServerRecord {
  const task = { gating: true, attempts: 1, cause: null };
  const backendStartedAtMs = ago(12_500);
  return aServerRecord({
    state: 'deferredInit',
    startedAtMs: ago(12_600),
    tasks: {
      backend: { ...task, status: 'done', startedAtMs: backendStartedAtMs, endedAtMs: backendStartedAtMs + 62 },
      audit: { ...task, status: 'running', startedAtMs: ago(12_300), endedAtMs: null },
      drift: { ...task, gating: false, status: 'running', startedAtMs: ago(2_000), endedAtMs: null },
      recovery: { ...task, status: 'failed', startedAtMs: 1_000, endedAtMs: 1_400, cause: 'no claim; try again' },
    },
    callsInFlight: 3,
    waiting: [{ tool: 'get_pipeline_report', waitsFor: ['audit'], forMs: 12_250 }],
    degraded: [{ what: 'log file', cause: '/x/server.log: ENOSPC' }],
    ...change,
  });
}

describe('the status of a server that starts', () => {
  it('names the slow task, what waits for it, and the rest of the state', async () => {
    const folder = aStateFolder();
    const record = aStartingServer();
    plantRecord(folder, record);
    const { out, err, exits } = await status(folder);
    expect({ err, exits }).toEqual({ err: '', exits: [0] });
    expect(out).toContain(`maitred 0.1.0, pid ${process.pid}, id server-a: deferredInit\n`);
    for (const words of [
      /^ {2}project +\/home\/someone\/shop$/m,
      /^ {2}since +20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC, up 1[2-9]\.\d s$/m,
      /^ {2}task +backend: done in 62 ms$/m,
      /^ {2}task +audit: running 1[2-9]\.\d s \(reading the audit of the last 24 hours\)$/m,
      /^ {2}task +recovery: failed after 400 ms: no claim; try again$/m,
      /^ {2}slow +waiting for audit, running 1[2-9]\.\d s \(reading the audit of the last 24 hours\)$/m,
      /^ {2}calls +3 in flight; get_pipeline_report waits for audit, 1[2-9]\.\d s so far$/m,
      /^ {2}memory +64\.0 MiB$/m,
      /^ {2}degraded +log file: \/x\/server\.log: ENOSPC$/m,
      /^ {2}log +\/home\/someone\/\.local\/state\/maitred\/logs\/server\.log$/m,
      /^ {2}inspect +maitred inspect --open --server server-a$/m,
    ]) {
      expect(out).toMatch(words);
    }
    expect(out).not.toMatch(/heartbeat|No server is running|p99/);
  });

  it('is the same as JSON', async () => {
    const folder = aStateFolder();
    const record = aStartingServer();
    plantRecord(folder, record);
    const json = await statusJson(folder);
    expect(json).toMatchObject({
      state_dir: folder.dir,
      log_file: folder.serverLogFile,
      last_server: null,
      left_out: 0,
    });
    expect(json.servers).toHaveLength(1);
    expect(json.servers[0]).toMatchObject({
      id: 'server-a',
      pid: process.pid,
      project: '/home/someone/shop',
      version: '0.1.0',
      health: 'up',
      state: 'deferredInit',
      started_at: new Date(record.startedAtMs).toISOString(),
      slow_task: { name: 'audit', status: 'running', description: 'reading the audit of the last 24 hours' },
      calls_in_flight: 3,
      waiting: [
        { tool: 'get_pipeline_report', waits_for: ['audit'], for_ms: 12_250 + Number(json.servers[0]?.since_beat_ms) },
      ],
      event_loop_delay_p99_ms: 1.5,
      memory_bytes: 67_108_864,
      degraded: [{ what: 'log file', cause: '/x/server.log: ENOSPC' }],
      log_file: record.logFile,
      end_reason: null,
    });
    expect(json.servers[0]?.tasks).toContainEqual({
      name: 'recovery',
      description: 'recovering what dead servers and sessions left',
      status: 'failed',
      gating: true,
      attempts: 1,
      for_ms: 400,
      cause: 'no claim; try again',
    });
    expect(Object.keys(json.servers[0] ?? {})).toSatisfy((keys: string[]) =>
      keys.every((key) => /^[a-z0-9_]+$/.test(key)),
    );
  });
});

describe('the status of several servers', () => {
  it('says which is up, which is stuck and which is dead', async () => {
    const folder = aStateFolder();
    plantRecord(folder, aServerRecord({ serverId: 'up', startedAtMs: 1_000, heartbeatAtMs: ago(10_000) }));
    plantRecord(folder, aServerRecord({ serverId: 'stuck', startedAtMs: 2_000, heartbeatAtMs: ago(16_000) }));
    plantRecord(folder, aServerRecord({ serverId: 'dead', startedAtMs: 3_000, process: deadProcess }));
    const { out } = await status(folder);
    expect(out).toMatch(/id up: ready$/m);
    expect(out).toMatch(/id stuck: stuck, last in ready$/m);
    expect(out).toMatch(/^ {2}heartbeat +last 1[6-9]\.\d s ago$/m);
    expect(out).toMatch(/id dead: dead, last in ready$/m);
    expect(out.match(/^ {2}next +the next server that starts cleans up what this one left$/gm)).toHaveLength(1);
    expect(out).not.toContain('No server is running');
    expect((await statusJson(folder)).servers.map(({ health }) => health)).toEqual(['up', 'stuck', 'dead']);
  });

  it('says of one in a container that its pid is another one here, and calls it dead once its heartbeat is old', async () => {
    const folder = aStateFolder();
    const process = inAnotherNamespace;
    plantRecord(folder, aServerRecord({ serverId: 'up', startedAtMs: 1_000, process }));
    plantRecord(folder, aServerRecord({ serverId: 'stuck', startedAtMs: 2_000, process, heartbeatAtMs: ago(200_000) }));
    plantRecord(folder, aServerRecord({ serverId: 'dead', startedAtMs: 3_000, process, heartbeatAtMs: ago(301_000) }));
    const { out } = await status(folder);
    expect(out).toContain(`pid ${2 ** 30} of another pid namespace, id up: ready`);
    expect((await statusJson(folder)).servers.map(({ health }) => health)).toEqual(['up', 'stuck', 'dead']);
  });

  it('says of one that is pid 1 that its container has no init, and of one in a sandbox that its memory is unknown', async () => {
    const folder = aStateFolder();
    plantRecord(folder, aServerRecord({ process: { ...inAnotherNamespace, pid: 1 }, memoryBytes: null }));
    const { out } = await status(folder);
    expect(out).toMatch(/^ {2}init +this server is pid 1 .*docker run --init/m);
    expect(out).toMatch(/^ {2}memory +unknown$/m);
  });

  it('counts the time of a dead one up to its last heartbeat', async () => {
    const folder = aStateFolder();
    const tasks = {
      audit: { status: 'running', gating: true, attempts: 1, startedAtMs: 2_000, endedAtMs: null, cause: null },
    } as const;
    plantRecord(folder, aServerRecord({ process: deadProcess, startedAtMs: 1_000, heartbeatAtMs: 6_000, tasks }));
    const [server] = (await statusJson(folder)).servers;
    expect(server).toMatchObject({ up_ms: 5_000, slow_task: { name: 'audit', for_ms: 4_000 } });
  });

  it('ignores files that are not records, and counts them on stderr', async () => {
    const folder = aStateFolder();
    plantRecord(folder, aServerRecord());
    writeFileSync(`${folder.serversDir}/note.json`, 'x', { mode: 0o600 });
    const { out, err, exits } = await status(folder, '--json');
    expect(JSON.parse(out)).toMatchObject({ left_out: 1 });
    expect(err).toBe(`maitred: ignored 1 file in ${folder.serversDir}: not a server record of this user\n`);
    expect(exits).toEqual([0]);
  });
});

const ended = (change: Partial<ServerRecord> = {}): ServerRecord =>
  aServerRecord({
    process: deadProcess,
    startedAtMs: 1_000,
    heartbeatAtMs: 3_500,
    shutdownTrigger: 'eof',
    phases: [
      { state: 'configure', atMs: 1_000 },
      { state: 'openTransport', atMs: 1_004 },
      { state: 'ready', atMs: 3_100 },
    ],
    ...change,
  });

describe('the status of a server and its client', () => {
  const clientIn = async (record: Partial<ServerRecord>) => {
    const folder = aStateFolder();
    plantRecord(folder, aServerRecord(record));
    const [, row] = /^ {2}client +(.*)$/m.exec((await status(folder)).out) ?? [];
    return { row, json: (await statusJson(folder)).servers[0]?.client };
  };

  it('names the client and its process', async () => {
    expect(await clientIn({ clientName: 'claude-code', parentPid: 1_234 })).toEqual({
      row: 'claude-code, pid 1234',
      json: { name: 'claude-code', pid: 1_234 },
    });
  });

  it('names only the process of a client that has not introduced itself', async () => {
    const expected = { row: 'pid 1234', json: { name: null, pid: 1_234 } };
    expect(await clientIn({ clientName: null, parentPid: 1_234 })).toEqual(expected);
    expect(await clientIn({ parentPid: 1_234 })).toEqual(expected);
  });

  it('does not take the process that adopts orphans for the client', async () => {
    expect(await clientIn({ clientName: 'codex', parentPid: 1 })).toEqual({
      row: 'codex',
      json: { name: 'codex', pid: null },
    });
    expect(await clientIn({})).toEqual({ row: undefined, json: { name: null, pid: null } });
  });
});

describe('the status if a server has ended while others run', () => {
  const statusAfter = async (last: Partial<ServerRecord>) => {
    const folder = aStateFolder();
    plantRecord(folder, aServerRecord({ serverId: 'older', startedAtMs: 10_000 }));
    plantRecord(folder, aServerRecord({ serverId: 'younger', startedAtMs: 20_000 }));
    writeFileSync(folder.lastServerFile, JSON.stringify(ended({ serverId: 'last', ...last })), { mode: 0o600 });
    return { out: (await status(folder)).out, last: (await statusJson(folder)).last_server };
  };

  it('shows its start and its fault if it was started after those that run', async () => {
    const degraded = [{ what: 'the server', cause: '/x/config.yaml:1:1: unknown section' }];
    const { out, last } = await statusAfter({ startedAtMs: 30_000, degraded });
    expect(out).toMatch(/^Last start: maitred 0\.1\.0, pid \d+, 1970-01-01 00:00:30 UTC$/m);
    expect(out).toContain('/x/config.yaml:1:1: unknown section');
    expect(out).not.toContain('No server is running');
    expect(last).toMatchObject({ id: 'last' });
  });

  it('shows it only as JSON if one that runs was started later', async () => {
    const { out, last } = await statusAfter({ startedAtMs: 15_000 });
    expect(out).not.toContain('Last start');
    expect(last).toMatchObject({ id: 'last' });
  });

  it('shows one that was killed only once', async () => {
    const folder = aStateFolder();
    plantRecord(folder, aServerRecord({ startedAtMs: 10_000 }));
    plantRecord(folder, ended({ serverId: 'killed', startedAtMs: 20_000, shutdownTrigger: null }));
    const { out } = await status(folder);
    expect(out).toContain('id killed: dead');
    expect(out).not.toContain('Last start');
  });
});

it('The status of a server that records or replays a scenario says which', async () => {
  const folder = aStateFolder();
  plantRecord(folder, aServerRecord({ serverId: 'one', scenario: { kind: 'record', dir: '/shop/new' } }));
  plantRecord(folder, aServerRecord({ serverId: 'two', scenario: { kind: 'replay', dir: '/shop/old' } }));
  const { out } = await status(folder);
  expect(out).toMatch(/^ {2}records +the scenario \/shop\/new$/m);
  expect(out).toMatch(/^ {2}replays +the scenario \/shop\/old$/m);
});

it('The status of a server for a recipe run names the recipe and the run, and takes no shell for its client', async () => {
  const folder = aStateFolder();
  plantRecord(folder, aServerRecord({ recipeRun: { recipe: 'smoke', runId: 'a-run' }, parentPid: 4_242 }));
  const { out } = await status(folder);
  expect(out).toMatch(/^ {2}order +smoke, run a-run$/m);
  expect(out).not.toContain('client');
  expect((await statusJson(folder)).servers).toMatchObject([
    { order: { recipe: 'smoke', run_id: 'a-run' }, wraps: null },
  ]);
});

describe('the status of a front', () => {
  const wrapped = {
    name: 'some-server',
    command: 'npx -y some-server',
    sinceMs: 3_400,
    pid: null,
    starts: 1,
    cause: null,
    stderrTail: '',
    lastFailure: null,
  };
  const serverRow = async (state: string, isRunning: boolean) => {
    const folder = aStateFolder();
    const record = { wrapped: { ...wrapped, state } };
    if (isRunning) plantRecord(folder, aServerRecord(record));
    else writeFileSync(folder.lastServerFile, JSON.stringify(ended(record)), { mode: 0o600 });
    return /^ {2}server +(.*)$/m.exec((await status(folder)).out)?.[1];
  };

  it('says how long its server has been as it is, and what starts it again', async () => {
    expect(await serverRow('givenUp', true)).toMatch(/^given up for \d+ d \d+ h; a later call starts it again$/);
    expect(await serverRow('down', true)).toMatch(/^not running for \d+ d \d+ h; the next call starts it$/);
  });

  it('says of one that has ended how it left its server, and that nothing starts it again', async () => {
    expect(await serverRow('ended', false)).toBe('ended with maitred');
    expect(await serverRow('givenUp', false)).toBe('given up for 100 ms');
  });
});

describe('the status if no server is running', () => {
  it('says so if none has ever run, and where the log will be', async () => {
    const folder = aStateFolder();
    rmSync(folder.dir, { recursive: true });
    const { out, err, exits } = await status(folder);
    expect({ err, exits }).toEqual({ err: '', exits: [0] });
    expect(out.split('\n').map((line) => line.replace(/ {2,}/g, '  '))).toEqual([
      `No server is running in ${folder.dir}.`,
      `  log  ${folder.serverLogFile} (does not exist yet)`,
      '',
    ]);
    expect(await statusJson(folder)).toMatchObject({
      servers: [],
      last_server: null,
      log_file: folder.serverLogFile,
      log_file_exists: false,
    });
  });

  it('names the log alone where there is one without a record of a server', async () => {
    const folder = aStateFolder();
    mkdirSync(folder.logsDir, { recursive: true });
    writeFileSync(folder.serverLogFile, '');
    expect((await status(folder)).out).toMatch(new RegExp(`^ {2}log +${folder.serverLogFile}$`, 'm'));
    expect(await statusJson(folder)).toMatchObject({ log_file_exists: true });
  });

  it('says of a task that was running or waiting when the server ended that it was not done, or not started', async () => {
    const folder = aStateFolder();
    const task = { gating: true, attempts: 1, startedAtMs: 2_000, endedAtMs: null, cause: null } as const;
    const tasks = { recovery: { ...task, status: 'running' }, audit: { ...task, status: 'waiting' } } as const;
    writeFileSync(folder.lastServerFile, JSON.stringify(ended({ tasks })), { mode: 0o600 });
    const { out } = await status(folder);
    expect(out).toMatch(/^ {2}task +recovery: not done$/m);
    expect(out).toMatch(/^ {2}task +audit: not started$/m);
  });

  it('shows the phases and tasks of the last start, and why it ended', async () => {
    const folder = aStateFolder();
    writeFileSync(folder.lastServerFile, JSON.stringify(ended()), { mode: 0o600 });
    const { out } = await status(folder);
    expect(out.split('\n').map((line) => line.replace(/ {2,}/g, '  '))).toEqual([
      `No server is running in ${folder.dir}.`,
      `Last start: maitred 0.1.0, pid ${2 ** 30}, 1970-01-01 00:00:01 UTC`,
      '  project  /home/someone/shop',
      '  +0 ms  configure',
      '  +4 ms  openTransport',
      '  +2.1 s  ready',
      expect.stringMatching(/^ {2}task {2}backend: done in \d+ ms$/),
      expect.stringMatching(/^ {2}task {2}audit: done in /),
      '  ended  the client closed the connection, after 2.5 s',
      expect.stringContaining('server.log'),
      '',
    ]);
    expect(await statusJson(folder)).toMatchObject({
      servers: [],
      last_server: {
        end_reason: 'eof',
        phases: [{ state: 'configure', after_ms: 0 }, { after_ms: 4 }, { after_ms: 2_100 }],
      },
    });
  });

  it('aligns the phases of one that ran for long', async () => {
    const folder = aStateFolder();
    const phases = [
      { state: 'configure', atMs: 1_000 },
      { state: 'draining', atMs: 446_364 },
    ];
    writeFileSync(folder.lastServerFile, JSON.stringify(ended({ phases })), { mode: 0o600 });
    const { out } = await status(folder);
    expect(out).toContain('\n  +0 ms       configure\n  +7 min 25 s draining\n');
  });

  it('names the fault of the last start', async () => {
    const folder = aStateFolder();
    const degraded = [{ what: 'the server', cause: '/x/config.yaml:1:1: unknown section' }];
    writeFileSync(folder.lastServerFile, JSON.stringify(ended({ degraded })), { mode: 0o600 });
    expect((await status(folder)).out).toMatch(/^ {2}degraded +the server: \/x\/config\.yaml:1:1: unknown section$/m);
  });

  it('shows the start of one that died without shutting down, if that was later', async () => {
    const folder = aStateFolder();
    writeFileSync(folder.lastServerFile, JSON.stringify(ended({ serverId: 'left' })), { mode: 0o600 });
    plantRecord(folder, ended({ serverId: 'killed', startedAtMs: 2_000, shutdownTrigger: null }));
    const { out } = await status(folder);
    expect(out).toContain('it died without shutting down, after 1.5 s');
    expect(await statusJson(folder)).toMatchObject({ last_server: { id: 'killed' } });
    writeFileSync(folder.lastServerFile, JSON.stringify(ended({ serverId: 'left', startedAtMs: 3_000 })));
    expect(await statusJson(folder)).toMatchObject({ last_server: { id: 'left' } });
  });
});

describe('the status command', () => {
  it('writes nothing, even with files to clean up', async () => {
    const folder = aStateFolder();
    plantRecord(folder, aServerRecord({ process: deadProcess }));
    writeFileSync(`${folder.serversDir}/.x.tmp`, '{');
    const snapshot = (): string[] =>
      readdirSync(folder.dir, { recursive: true })
        .map(String)
        .map((name) => `${name} ${statSync(`${folder.dir}/${name}`).mtimeMs} ${statSync(`${folder.dir}/${name}`).ino}`)
        .sort();
    const before = snapshot();
    await status(folder);
    await status(folder, '--json');
    expect(snapshot()).toEqual(before);
  });

  it('reads the state folder from the environment, else the one in the home', async () => {
    const [homeDir, xdg] = [tempFolder(), tempFolder()];
    const dirOf = async (env: Record<string, string>) =>
      JSON.parse((await runProgram(['status', '--json'], { env, homeDir })).out).state_dir;
    expect(await dirOf({})).toBe(`${homeDir}/.local/state/maitred`);
    expect(await dirOf({ XDG_STATE_HOME: xdg })).toBe(`${xdg}/maitred`);
    expect(await dirOf({ MAITRED_STATE_DIR: '~/s/../state/' })).toBe(`${homeDir}/state`);
    expect(existsSync(`${homeDir}/.local`)).toBe(false);
  });

  it('refuses a relative state folder', async () => {
    const { out, err, exits } = await runProgram(['status'], { env: { MAITRED_STATE_DIR: './state' } });
    expect({ out, exits }).toEqual({ out: '', exits: [2] });
    expect(err).toBe(
      'maitred: MAITRED_STATE_DIR is "./state": give an absolute path, or one that begins with ~/, of a folder that is maitred\'s alone\n',
    );
  });

  it('names a state folder of another version, and ends with the code of a conflict', async () => {
    const folder = aStateFolder();
    writeFileSync(folder.formatFile, '3\n');
    const { out, err, exits } = await status(folder);
    expect(out).toBe('');
    expect(err).toContain(`${folder.formatFile} says 3; this maitred understands 2: upgrade maitred`);
    expect(exits).toEqual([5]);
  });

  it('has colours on a terminal, and no control characters of a record', async () => {
    const folder = aStateFolder();
    plantRecord(folder, aServerRecord({ state: 'ready\u001b[2J', projectDir: '/a\nb', version: '\u009b1m' }));
    const { out } = await status(folder);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(out).toContain('/a\\nb');
    const onTerminal = await runProgram(['status'], { env: { MAITRED_STATE_DIR: folder.dir } }, true);
    expect(onTerminal.out).toContain('\u001b[32mready\\u001b[2J\u001b[0m');
  });
});
