import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { lastServerRecord } from '../support/recorded-servers.ts';
import { runMaitred } from '../support/run-maitred.ts';
import { aWorld, outputOf, type SpawnedServer, spawnServer, type World } from '../support/spawned-server.ts';

interface Status {
  readonly servers: readonly {
    readonly id: string;
    readonly pid: number;
    readonly health: string;
    readonly state: string;
  }[];
  readonly last_server: { readonly pid: number; readonly end_reason: string | null } | null;
}

async function statusOf(world: World): Promise<Status> {
  const { code, stdout, stderr } = await runMaitred(world, 'status', '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Status;
}

/** Runs `maitred status` until the check passes. */
const untilStatus = (world: World, check: (status: Status) => void): Promise<void> =>
  vi.waitFor(async () => check(await statusOf(world)), { timeout: 20_000, interval: 10 });

const serverRecordsIn = ({ stateFolder }: World): string[] =>
  existsSync(stateFolder.serversDir) ? readdirSync(stateFolder.serversDir) : [];

async function aReadyServer(world: World): Promise<SpawnedServer> {
  const server = spawnServer({ world });
  await server.initialize();
  await server.callTool('open_kitchen');
  await server.callTool('get_pipeline_report');
  return server;
}

const pidsUp = ({ servers }: Status) => servers.filter(({ health }) => health === 'up').map(({ pid }) => pid);
const inOrder = (pids: readonly number[]) => [...pids].sort((a, b) => a - b);

describe('Three servers on one state folder', () => {
  it('are all shown as up, and each serves its own client', async () => {
    const world = aWorld();
    const servers = await Promise.all([1, 2, 3].map(() => aReadyServer(world)));
    const pids = inOrder(servers.map(({ pid }) => pid));
    await untilStatus(world, (status) => {
      expect(inOrder(pidsUp(status))).toEqual(pids);
      expect(status.servers.map(({ state }) => state)).toEqual(['ready', 'ready', 'ready']);
    });
    expect(serverRecordsIn(world)).toHaveLength(3);
    for (const name of serverRecordsIn(world)) {
      expect(statSync(`${world.stateFolder.serversDir}/${name}`).mode & 0o777).toBe(0o600);
    }
    expect(statSync(world.stateFolder.serversDir).mode & 0o777).toBe(0o700);
    const [first, ...others] = servers;
    await first?.callTool('close_kitchen');
    expect(outputOf(await (first as SpawnedServer).callTool('kitchen_status'))).toMatchObject({ tools_enabled: false });
    for (const other of others) {
      expect(outputOf(await other.callTool('kitchen_status'))).toMatchObject({ tools_enabled: true });
    }
  });

  it('can exit one by one, and the last one to exit is recorded as the last server', async () => {
    const world = aWorld();
    const servers = await Promise.all([1, 2, 3].map(() => aReadyServer(world)));
    await untilStatus(world, (status) => expect(pidsUp(status)).toHaveLength(3));
    for (const [index, server] of servers.entries()) {
      expect(await server.leave()).toEqual({ code: 0, signal: null });
      expect(serverRecordsIn(world)).toHaveLength(servers.length - 1 - index);
      expect(inOrder(pidsUp(await statusOf(world)))).toEqual(inOrder(servers.slice(index + 1).map(({ pid }) => pid)));
    }
    expect(await statusOf(world)).toMatchObject({
      servers: [],
      last_server: { pid: servers.at(-1)?.pid, end_reason: 'eof' },
    });
    const last = lastServerRecord(world);
    expect(last.process.pid).toBe(servers.at(-1)?.pid);
    expect(last.phases.map(({ state }) => state)).toEqual([
      'configure',
      'compose',
      'openTransport',
      'deferredInit',
      'ready',
      'draining',
      'shutdown',
    ]);
    expect(statSync(world.stateFolder.lastServerFile).mode & 0o777).toBe(0o600);
  });

  it('leave only logs, the last record, the format and compiled code in the state folder', async () => {
    const world = aWorld();
    const servers = await Promise.all([1, 2, 3].map(() => aReadyServer(world)));
    await untilStatus(world, (status) => expect(pidsUp(status)).toHaveLength(3));
    await Promise.all(servers.map((server) => server.leave()));
    const left = readdirSync(world.stateFolder.dir, { recursive: true }).map(String).sort();
    const isCode = (path: string) => /^code(\/[a-z-]+-\d.*-v[\d.]+-[a-z0-9]+)?$/.test(path);
    expect(left.filter((path) => !isCode(path))).toEqual([
      'format',
      'last-server.json',
      'logs',
      'logs/server.log',
      'servers',
      'sockets',
    ]);
  });

  it('write one log, in which each line is complete and has a server id', async () => {
    const world = aWorld();
    const servers = await Promise.all([1, 2, 3].map(() => aReadyServer(world)));
    await Promise.all(servers.map((server) => server.leave()));
    const lines = readFileSync(world.stateFolder.serverLogFile, 'utf8').trimEnd().split('\n');
    const ids = lines.map((line) => (JSON.parse(line) as { server_id?: string }).server_id);
    expect(new Set(ids.filter((id) => id !== undefined)).size).toBe(3);
  });
});

describe('A server that is killed', () => {
  it('is shown as dead, and its record is removed by the next server that starts', async () => {
    const world = aWorld();
    const [killed, stays] = await Promise.all([aReadyServer(world), aReadyServer(world)]);
    await untilStatus(world, (status) => expect(pidsUp(status)).toHaveLength(2));
    killed.kill('SIGKILL');
    expect(await killed.exited()).toEqual({ code: null, signal: 'SIGKILL' });
    const { servers } = await statusOf(world);
    expect(servers.find(({ pid }) => pid === killed.pid)?.health).toBe('dead');
    expect(servers.find(({ pid }) => pid === stays.pid)?.health).toBe('up');
    const next = await aReadyServer(world);
    await untilStatus(world, (status) => {
      expect(inOrder(status.servers.map(({ pid }) => pid))).toEqual(inOrder([stays.pid, next.pid]));
      expect(inOrder(pidsUp(status))).toEqual(inOrder([stays.pid, next.pid]));
    });
    expect(serverRecordsIn(world)).toHaveLength(2);
    expect(outputOf(await stays.callTool('kitchen_status'))).toMatchObject({ state: 'ready' });
  });

  it('is shown by `maitred status` as the last server, which died without shutting down', async () => {
    const world = aWorld();
    const killed = await aReadyServer(world);
    await untilStatus(world, (status) => expect(pidsUp(status)).toEqual([killed.pid]));
    killed.kill('SIGKILL');
    await killed.exited();
    expect(await statusOf(world)).toMatchObject({ last_server: { pid: killed.pid, end_reason: null } });
    const { stdout } = await runMaitred(world, 'status');
    expect(stdout).toContain('died without shutting down');
  });
});
