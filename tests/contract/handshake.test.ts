import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, inject, it } from 'vitest';
import type { RequestId } from '../../src/domain/json-rpc.ts';
import { tools } from '../../src/tools/index.ts';
import { tempFolder } from '../doubles/temp-folder.ts';
import { tools as testTools } from '../fixtures/test-tools.ts';
import { listedNames } from '../support/listed-names.ts';
import { mixBuilds } from '../support/mixed-builds.ts';
import {
  aNotification,
  anInitialize,
  aRequest,
  aToolCall,
  aWorld,
  oneServerForAll,
  outputOf,
  type SpawnedServer,
  spawnServer,
  textOf,
} from '../support/spawned-server.ts';

const freeTools = ['open_kitchen', 'close_kitchen', 'kitchen_status'];
const allTools = tools.map(({ name }) => name);
const headlessTools = tools.filter(({ tags }) => tags.includes('headless')).map(({ name }) => name);

/** A server whose backend cannot be loaded: all its answers come from the front. */
function aServerWithoutBackend(): SpawnedServer {
  const dir = join(tempFolder(), 'program');
  cpSync(inject('programDir'), dir, { recursive: true });
  rmSync(join(dir, 'server.js'));
  return spawnServer({ script: join(dir, 'maitred.js'), args: ['serve'] });
}

/** The tools in the lists by category of the answer of open_kitchen. */
const toolsNamedIn = (content: string) =>
  [...content.matchAll(/^- [A-Z].*?: ([a-z_, ]+)$/gm)].flatMap(([, names = '']) => names.split(', ')).sort();

describe('A client that sends initialize', () => {
  const server = oneServerForAll();

  it('gets the same protocol version back if the server supports it, else the newest', async () => {
    const newest = SUPPORTED_PROTOCOL_VERSIONS[0];
    const unsupported = ['1999-01-01', '2099-12-31', ''];
    for (const version of [...SUPPORTED_PROTOCOL_VERSIONS, ...unsupported]) {
      server().send(anInitialize(`in ${version}`, 'a-client', version));
      expect((await server().answerTo(`in ${version}`)).result).toEqual({
        protocolVersion: unsupported.includes(version) ? newest : version,
        capabilities: { tools: { listChanged: true }, resources: {}, logging: {} },
        serverInfo: { name: 'maitred', title: 'maitred', version: expect.stringMatching(/^\d+\.\d+\.\d+/) },
        instructions: expect.stringContaining('open_kitchen'),
      });
    }
  });

  it('twice gets one answer to each', async () => {
    const server = spawnServer();
    server.send(anInitialize(1), anInitialize(2, 'a-client', '2024-11-05'));
    expect((await server.answerTo(2)).result).toMatchObject({ protocolVersion: '2024-11-05' });
    await server.callTool('kitchen_status');
    await server.leave();
    expect(server.messages.filter(({ id }) => id === 1 || id === 2)).toHaveLength(2);
  });

  it('twice with the same id gets one answer to each', async () => {
    const server = spawnServer();
    server.send(anInitialize(1), anInitialize(1, 'a-client', '2024-11-05'));
    await server.callTool('kitchen_status');
    await server.leave();
    const versions = server.messages.filter(({ id }) => id === 1).map(({ result }) => result?.protocolVersion);
    expect(versions).toEqual(['2025-06-18', '2024-11-05']);
  });

  it.each<RequestId>([0, '', 'server-discover-probe-1', -7, Number.MAX_SAFE_INTEGER, 'é€😀'])(
    'with the id %j finds this id in each answer',
    async (id) => {
      const { messages, send, waitFor } = server();
      const before = messages.length;
      for (const request of [
        anInitialize(id),
        aRequest(id, 'tools/list'),
        aRequest(id, 'ping'),
        aRequest(id, 'tools/call', { name: 'kitchen_status' }),
        aRequest(id, 'no/such/method'),
      ]) {
        const sofar = messages.length;
        send(request);
        await waitFor(`an answer to ${String(request.method)}`, (message) => messages.indexOf(message) >= sofar);
      }
      expect(messages.slice(before).map((message) => message.id)).toEqual([id, id, id, id, id]);
    },
  );

  it('after tools/list gets the same tools before and after', async () => {
    const server = spawnServer();
    server.send(aRequest('early', 'tools/list'));
    expect(listedNames(await server.answerTo('early'))).toEqual(freeTools);
    await server.initialize();
    expect(listedNames(await server.ask('tools/list'))).toEqual(freeTools);
  });
});

describe('The front, before the backend is loaded,', () => {
  it('lists all tools', async () => {
    const server = aServerWithoutBackend();
    await server.initialize('codex-mcp-client');
    const answer = await server.ask('tools/list');
    const loaded = spawnServer();
    await loaded.initialize('codex-mcp-client');
    await loaded.callTool('kitchen_status');
    expect(answer.result).toEqual((await loaded.ask('tools/list')).result);
    expect(listedNames(answer)).toEqual(allTools);
  });

  it('answers a ping', async () => {
    expect((await aServerWithoutBackend().ask('ping')).result).toEqual({});
  });

  it('refuses server/discover at once, so that the client goes on to initialize', async () => {
    const server = aServerWithoutBackend();
    const { error } = await server.ask('server/discover', { _meta: {} });
    expect(error).toEqual({ code: -32601, message: 'Method not found' });
    expect((await server.initialize('claude-code')).result).toBeDefined();
  });

  it('answers requests in the order they were sent', async () => {
    const server = aServerWithoutBackend();
    server.send(
      aRequest('a', 'server/discover'),
      anInitialize('b'),
      aNotification('notifications/initialized'),
      aRequest('c', 'tools/list'),
      aRequest('d', 'ping'),
    );
    await server.answerTo('d');
    expect(server.messages.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('answers a call with the reason why the backend cannot be loaded, and still lists the tools', async () => {
    const server = aServerWithoutBackend();
    await server.initialize();
    const answer = await server.callTool('open_kitchen');
    expect(answer.result).toMatchObject({ isError: true });
    expect(outputOf(answer)).toMatchObject({ success: false, code: 'unavailable', retryable: true });
    expect(textOf(answer)).toContain('backend');
    expect(listedNames(await server.ask('tools/list'))).toEqual(freeTools);
  });

  it('answers a call with "upgraded; reconnect" when the backend is of another build', async () => {
    const { dir, version } = mixBuilds();
    const server = spawnServer({ script: join(dir, 'maitred.js'), args: ['serve'] });
    await server.initialize();
    expect(outputOf(await server.callTool('open_kitchen'))).toMatchObject({
      code: 'unavailable',
      error: expect.stringContaining(`upgraded to ${version}; reconnect`),
    });
  });
});

describe('The list of tools', () => {
  interface Case {
    readonly who: string;
    readonly client?: string;
    readonly args?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly closed: readonly string[];
    readonly open: readonly string[];
  }
  const cases: readonly Case[] = [
    { who: 'an unknown client', closed: freeTools, open: allTools },
    { who: 'a client that follows list_changed', client: 'claude-code', closed: freeTools, open: allTools },
    { who: 'a client that ignores list_changed', client: 'codex-mcp-client', closed: allTools, open: allTools },
    {
      who: 'a client that ignores list_changed, with --visibility gated,',
      client: 'codex-mcp-client',
      args: ['--visibility', 'gated'],
      closed: freeTools,
      open: allTools,
    },
    { who: '--visibility always', args: ['--visibility', 'always'], closed: allTools, open: allTools },
    {
      who: 'MAITRED_KITCHEN__VISIBILITY=always',
      env: { MAITRED_KITCHEN__VISIBILITY: 'always' },
      closed: allTools,
      open: allTools,
    },
    {
      who: 'a flag that contradicts a variable',
      args: ['--visibility', 'gated'],
      env: { MAITRED_KITCHEN__VISIBILITY: 'always' },
      closed: freeTools,
      open: allTools,
    },
    {
      who: 'a server with the tag kitchen disabled',
      args: ['--set', 'subsets.disabled=[kitchen]', '--visibility', 'always'],
      closed: freeTools,
      open: freeTools,
    },
    {
      who: 'a server with an unused tag disabled',
      args: ['--set', 'subsets.disabled=[github]', '--visibility', 'always'],
      closed: allTools,
      open: allTools,
    },
  ];

  for (const { who, client, args = [], env = {}, closed, open } of cases) {
    it(`for ${who} shows ${closed.length} tools, and ${open.length} when the kitchen is open`, async () => {
      const server = spawnServer({ args, env });
      await server.initialize(client);
      expect(listedNames(await server.ask('tools/list'))).toEqual(closed);
      const opened = outputOf(await server.callTool('open_kitchen'));
      expect(opened).toMatchObject({ success: true, kitchen: 'open' });
      expect(listedNames(await server.ask('tools/list'))).toEqual(open);
      expect(toolsNamedIn(String(opened.content))).toEqual([...open].sort());
      for (const name of allTools.filter((name) => !open.includes(name)))
        expect((await server.callTool(name)).error?.message).toContain(
          `The tool ${name} is turned off: subsets.disabled in the configuration has one of its tags (`,
        );
      await server.callTool('close_kitchen');
      expect(listedNames(await server.ask('tools/list'))).toEqual(closed);
    });
  }

  for (const args of [[], ['--visibility', 'always']]) {
    it(`in a headless session shows the headless tools, and the free tools, which refuse (${['serve', ...args].join(' ')})`, async () => {
      const server = spawnServer({ args, env: { MAITRED_HEADLESS: '1' } });
      await server.initialize();
      expect(listedNames(await server.ask('tools/list'))).toEqual([...freeTools, ...headlessTools]);
      expect(outputOf(await server.callTool('open_kitchen'))).toMatchObject({ success: false, code: 'forbidden' });
      expect(outputOf(await server.callTool('close_kitchen'))).toMatchObject({ success: false, code: 'forbidden' });
      expect(outputOf(await server.callTool('kitchen_status'))).toMatchObject({ tools_enabled: false });
    });
  }

  it('follows the configuration of the project, also when it changes between two starts', async () => {
    const world = aWorld();
    const configFile = join(world.projectDir, '.maitred', 'config.yaml');
    const listed = async () => {
      const server = spawnServer({ world });
      await server.initialize();
      const names = listedNames(await server.ask('tools/list'));
      await server.callTool('kitchen_status');
      await server.leave();
      return names;
    };
    writeFileSync(configFile, 'kitchen:\n  visibility: always\n');
    expect(await listed()).toEqual(allTools);
    expect(await listed()).toEqual(allTools);
    writeFileSync(configFile, 'kitchen:\n  visibility: always\nsubsets:\n  disabled: [kitchen]\n');
    expect(await listed()).toEqual(freeTools);
    rmSync(configFile);
    expect(await listed()).toEqual(freeTools);
  });

  it('follows the last client that sent initialize', async () => {
    const server = spawnServer();
    server.send(anInitialize(1, 'codex-mcp-client'), aRequest(2, 'tools/list'));
    server.send(anInitialize(3, 'a-client'), aRequest(4, 'tools/list'));
    expect(listedNames(await server.answerTo(2))).toEqual(allTools);
    expect(listedNames(await server.answerTo(4))).toEqual(freeTools);
  });

  it('is announced once for each change', async () => {
    const server = spawnServer();
    await server.initialize();
    await server.callTool('open_kitchen');
    await server.callTool('open_kitchen');
    await server.callTool('close_kitchen');
    await server.leave();
    expect(server.messages.filter(({ method }) => method === 'notifications/tools/list_changed')).toHaveLength(2);
  });

  it('reaches a client that requests it on list_changed before the answer to the call that changed it', async () => {
    // Otherwise the server waits 100 ms for the client: this client can be slower on a loaded machine.
    const env = { RELIST_LIMIT_MS: '20000' };
    const server = spawnServer({ script: inject('testProgram'), args: ['serve'], env });
    await server.initialize();
    await server.ask('tools/list');
    server.send(aToolCall('open', 'open_kitchen'));
    await server.waitFor('list_changed', ({ method }) => method === 'notifications/tools/list_changed');
    const list = await server.ask('tools/list');
    const answer = await server.answerTo('open');
    expect(listedNames(list)).toEqual(testTools.map(({ name }) => name));
    expect(server.messages.indexOf(list)).toBeLessThan(server.messages.indexOf(answer));
  });

  it('with --open-kitchen is complete in the first answer, and a gated tool that is called with it runs', async () => {
    const server = spawnServer({ args: ['--open-kitchen'] });
    server.send(
      anInitialize(1),
      aRequest(2, 'tools/list'),
      aToolCall(3, 'get_timing_summary'),
      aToolCall(4, 'kitchen_status'),
    );
    expect(listedNames(await server.answerTo(2))).toEqual(allTools);
    expect((await server.answerTo(3)).result).not.toHaveProperty('isError');
    expect(outputOf(await server.answerTo(4))).toMatchObject({ tools_enabled: true });
    await server.callTool('close_kitchen');
    expect(listedNames(await server.ask('tools/list'))).toEqual(freeTools);
  });

  it('with --open-kitchen has no tools of a disabled subset, and in a headless session only the headless ones', async () => {
    const disabled = spawnServer({ args: ['--open-kitchen', '--set', 'subsets.disabled=[telemetry]'] });
    await disabled.initialize();
    const names = listedNames(await disabled.ask('tools/list'));
    expect(names).toContain('read_db');
    expect(names).not.toContain('get_timing_summary');
    const headless = spawnServer({ args: ['--open-kitchen'], env: { MAITRED_HEADLESS: '1' } });
    await headless.initialize();
    expect(listedNames(await headless.ask('tools/list'))).toEqual([...freeTools, ...headlessTools]);
    expect(outputOf(await headless.callTool('kitchen_status'))).toMatchObject({ tools_enabled: false });
  });

  it('also decides which tools can be called', async () => {
    const server = spawnServer();
    await server.initialize();
    const { error } = await server.callTool('get_pipeline_report');
    expect(error).toMatchObject({ code: -32602, message: expect.stringContaining('open_kitchen') });
  });

  it('may show a gated tool while the kitchen is closed; the tool then answers what to call first', async () => {
    const server = spawnServer({ args: ['--visibility', 'always'] });
    await server.initialize();
    const answer = await server.callTool('get_pipeline_report');
    expect(answer.result).toMatchObject({ isError: true });
    expect(outputOf(answer)).toMatchObject({ code: 'closed', error: expect.stringContaining('open_kitchen') });
  });
});
