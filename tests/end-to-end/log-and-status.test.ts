import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { runMaitred } from '../support/run-maitred.ts';
import { anInitialize, aRequest, aWorld, outputOf, spawnServer } from '../support/spawned-server.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('the server log', () => {
  test('has a line for each call with its id and trace', async () => {
    const server = spawnServer({ args: ['--verbose'] });
    await server.initialize();
    server.send(aRequest('a-call', 'tools/call', { name: 'kitchen_status', _meta: { traceparent } }));
    await server.answerTo('a-call');
    await server.leave();
    const lines = readFileSync(server.world.stateFolder.serverLogFile, 'utf8').trim().split('\n');
    const call = lines.map((line) => JSON.parse(line)).find(({ event }) => event === 'tool_called');
    expect(call).toMatchObject({ call_id: 'a-call', tool: 'kitchen_status', traceparent });
  });

  test('takes the more verbose of the configured level and the flag', async () => {
    const world = aWorld();
    writeFileSync(join(world.projectDir, '.maitred', 'config.yaml'), 'logging: { level: DEBUG }\n');
    const server = spawnServer({ world, args: ['--log-level', 'ERROR'] });
    await server.initialize();
    await server.callTool('kitchen_status');
    await server.leave();
    expect(server.stderr).toContain('"event":"tool_called"');
  });

  test('names the folder in which a tool failed: PWD is not redacted as a password', async () => {
    const world = aWorld();
    const server = spawnServer({ world, env: { PWD: world.projectDir, DB_PWD: 'a-password' } });
    await server.initialize();
    await server.callTool('open_kitchen');
    await server.callTool('test_check', { worktree_path: `${world.projectDir}/a-password/none` });
    await server.leave();
    expect(server.stderr).toContain(`${world.projectDir}/[redacted]/none does not exist`);
  });

  test('that cannot be written is reported to the client, and the server keeps running', async () => {
    const world = aWorld();
    mkdirSync(world.stateFolder.serverLogFile, { recursive: true });
    const server = spawnServer({ world });
    await server.initialize();
    await server.callTool('kitchen_status');
    const { params } = await server.waitFor('a warning', ({ method }) => method === 'notifications/message');
    expect(params).toMatchObject({ level: 'warning', data: expect.stringContaining(world.stateFolder.serverLogFile) });
    const { degraded } = outputOf(await server.callTool('kitchen_status'));
    expect(degraded).toMatchObject([{ what: 'log file' }]);
    expect(await server.leave()).toEqual({ code: 0, signal: null });
  });
});

describe('maitred status', () => {
  test('names a parked call and the task it waits for', async () => {
    const world = aWorld();
    const server = spawnServer({
      world,
      script: inject('testProgram'),
      args: ['serve'],
      env: { SCRIPTED_AUDIT: 'hangs' },
    });
    await server.initialize();
    server.send(aRequest(1, 'tools/call', { name: 'need_audit' }));
    let status = '';
    const readStatus = async () => {
      ({ stdout: status } = await runMaitred(world, 'status'));
      return status;
    };
    await expect.poll(readStatus).toMatch(/need_audit[\s\S]*audit|audit[\s\S]*need_audit/);
    expect(status).toContain('waiting for audit');
  });

  test('names the client of a server and of a front, and shows beside them a later start that failed', async () => {
    const world = aWorld();
    const server = spawnServer({ world });
    await server.initialize();
    await server.callTool('kitchen_status');
    const front = spawnServer({ world, args: ['wrap', '--lazy', '--', '/nope/server'] });
    front.send(anInitialize(1, 'another-client'));
    const clients = async () => {
      const { servers } = JSON.parse((await runMaitred(world, 'status', '--json')).stdout);
      return servers.map(({ client }: { client: object }) => client);
    };
    await expect.poll(clients).toEqual([
      { name: 'a-client', pid: process.pid },
      { name: 'another-client', pid: process.pid },
    ]);
    writeFileSync(join(world.projectDir, '.maitred', 'config.yaml'), 'nope: 1\n');
    expect(await spawnServer({ world }).leave()).toMatchObject({ code: 2 });
    const { stdout } = await runMaitred(world, 'status');
    expect(stdout).toMatch(new RegExp(`^ {2}client +another-client, pid ${process.pid}$`, 'm'));
    expect(stdout).toMatch(
      /^Last start: [\s\S]*^ {2}degraded +the server: .*config\.yaml:1:1: unknown section "nope"/m,
    );
  });
});

describe('two servers of one client, one of them from a plugin', () => {
  test('are named by maitred status as one registration too many', async () => {
    const world = aWorld();
    const servers = [{ CLAUDE_PLUGIN_ROOT: '/plugins/maitred' }, {}].map((env) => spawnServer({ world, env }));
    for (const server of servers) await server.initialize();
    const readTwice = async () => JSON.parse((await runMaitred(world, 'status', '--json')).stdout).registered_twice;
    await expect
      .poll(readTwice)
      .toMatchObject([
        { client_pid: process.pid, project: world.projectDir, keep_plugin: 'claude mcp remove maitred' },
      ]);
  });
});

describe('compiled code that the first start of a build keeps', () => {
  test('is run by the second start, with the same answers, and compiled again if it is broken or was made with other flags', async () => {
    const world = aWorld();
    const dir = `${world.stateFolder.dir}/code`;
    const answerOfStart = async (env: Readonly<Record<string, string>> = {}) => {
      const server = spawnServer({ world, env });
      await server.initialize();
      const answer = outputOf(await server.callTool('open_kitchen'));
      expect(await server.leave()).toEqual({ code: 0, signal: null });
      return answer;
    };
    const answer = await answerOfStart();
    const kept = readdirSync(dir);
    expect(kept.some((name) => name.startsWith('open-'))).toBe(true);
    expect(kept.some((name) => name.startsWith('server-'))).toBe(true);
    expect(await answerOfStart()).toEqual(answer);
    expect(readdirSync(dir)).toEqual(kept);
    for (const name of kept) writeFileSync(`${dir}/${name}`, 'garbage');
    expect(await answerOfStart()).toEqual(answer);
    expect(await answerOfStart({ NODE_OPTIONS: '--max-old-space-size=512' })).toEqual(answer);
  });

  test('is kept for commands too, which do not make the folder themselves', async () => {
    const world = aWorld();
    const before = await runMaitred(world, 'config', 'show');
    expect(existsSync(world.stateFolder.dir)).toBe(false);
    const server = spawnServer({ world });
    await server.initialize();
    await server.callTool('kitchen_status');
    await server.leave();
    expect(await runMaitred(world, 'config', 'show')).toEqual(before);
    const kept = readdirSync(`${world.stateFolder.dir}/code`);
    expect(kept.some((name) => name.startsWith('command-line-'))).toBe(true);
    expect(await runMaitred(world, 'config', 'show')).toEqual(before);
    expect(readdirSync(`${world.stateFolder.dir}/code`)).toEqual(kept);
  });
});
