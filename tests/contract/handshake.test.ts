import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, inject, it } from 'vitest';
import type { RequestId } from '../../src/domain/json-rpc.ts';
import { tools } from '../../src/tools/index.ts';
import { tempFolder } from '../doubles/temp-folder.ts';
import { listedNames } from '../support/listed-names.ts';
import { mixBuilds } from '../support/mixed-builds.ts';
import {
  aNotification,
  anInitialize,
  aRequest,
  aToolCall,
  aWorld,
  outputOf,
  type SpawnedServer,
  spawnServer,
  textOf,
} from '../support/spawned-server.ts';

const freeTools = ['open_kitchen', 'close_kitchen', 'kitchen_status'];
const allTools = tools.map(({ name }) => name);
const headlessTools = tools.filter(({ tags }) => tags.includes('headless')).map(({ name }) => name);

/** A server whose kitchen cannot be loaded: whatever it answers, the door has answered. */
function aServerWithoutBackend(): SpawnedServer {
  const dir = join(tempFolder(), 'program');
  cpSync(inject('programDir'), dir, { recursive: true });
  rmSync(join(dir, 'server.js'));
  return spawnServer({ script: join(dir, 'maitred.js'), args: ['serve'] });
}

describe('A client that says hello', () => {
  it.each(SUPPORTED_PROTOCOL_VERSIONS)('in protocol %s is answered in the same', async (version) => {
    const server = spawnServer();
    server.send(anInitialize(1, 'a-client', version));
    expect((await server.answerTo(1)).result).toEqual({
      protocolVersion: version,
      capabilities: { tools: { listChanged: true }, logging: {} },
      serverInfo: { name: 'maitred', title: 'maitred', version: expect.stringMatching(/^\d+\.\d+\.\d+/) },
      instructions: expect.stringContaining('open_kitchen'),
    });
  });

  it.each(['1999-01-01', '2099-12-31', ''])(
    'in the unknown protocol "%s" is answered in the newest',
    async (version) => {
      const server = spawnServer();
      server.send(anInitialize(1, 'a-client', version));
      expect((await server.answerTo(1)).result).toMatchObject({ protocolVersion: SUPPORTED_PROTOCOL_VERSIONS[0] });
    },
  );

  it('a second time is answered a second time, each hello once', async () => {
    const server = spawnServer();
    server.send(anInitialize(1), anInitialize(2, 'a-client', '2024-11-05'));
    expect((await server.answerTo(2)).result).toMatchObject({ protocolVersion: '2024-11-05' });
    await server.callTool('kitchen_status');
    await server.leave();
    expect(server.messages.filter(({ id }) => id === 1 || id === 2)).toHaveLength(2);
  });

  it('a second time with the same id gets one answer for each hello', async () => {
    const server = spawnServer();
    server.send(anInitialize(1), anInitialize(1, 'a-client', '2024-11-05'));
    await server.callTool('kitchen_status');
    await server.leave();
    const versions = server.messages.filter(({ id }) => id === 1).map(({ result }) => result?.protocolVersion);
    expect(versions).toEqual(['2025-06-18', '2024-11-05']);
  });

  it.each<RequestId>([0, '', 'server-discover-probe-1', -7, Number.MAX_SAFE_INTEGER, 'é€😀'])(
    'with the id %j finds it in every answer',
    async (id) => {
      const server = spawnServer();
      for (const request of [
        anInitialize(id),
        aRequest(id, 'tools/list'),
        aRequest(id, 'ping'),
        aRequest(id, 'tools/call', { name: 'kitchen_status' }),
        aRequest(id, 'no/such/method'),
      ]) {
        const sofar = server.messages.length;
        server.send(request);
        await server.waitFor(`an answer to ${String(request.method)}`, (message) => {
          return message.id === id && server.messages.indexOf(message) >= sofar;
        });
      }
      expect(server.messages.map((message) => message.id)).toEqual([id, id, id, id, id]);
    },
  );

  it('after asking for the tools has them already', async () => {
    const server = spawnServer();
    server.send(aRequest('early', 'tools/list'));
    expect(listedNames(await server.answerTo('early'))).toEqual(freeTools);
    await server.greet();
    expect(listedNames(await server.ask('tools/list'))).toEqual(freeTools);
  });
});

describe('The door, before the kitchen is loaded,', () => {
  it('answers the complete list of tools', async () => {
    const door = aServerWithoutBackend();
    await door.greet('codex-mcp-client');
    const answer = await door.ask('tools/list');
    const server = spawnServer();
    await server.greet('codex-mcp-client');
    await server.callTool('kitchen_status');
    expect(answer.result).toEqual((await server.ask('tools/list')).result);
    expect(listedNames(answer)).toEqual(allTools);
  });

  it('answers a ping', async () => {
    expect((await aServerWithoutBackend().ask('ping')).result).toEqual({});
  });

  it('refuses server/discover at once, so that the client goes on to initialize', async () => {
    const door = aServerWithoutBackend();
    const { error } = await door.ask('server/discover', { _meta: {} });
    expect(error).toEqual({ code: -32601, message: 'Method not found' });
    expect((await door.greet('claude-code')).result).toBeDefined();
  });

  it('answers in the order of the questions', async () => {
    const door = aServerWithoutBackend();
    door.send(
      aRequest('a', 'server/discover'),
      anInitialize('b'),
      aNotification('notifications/initialized'),
      aRequest('c', 'tools/list'),
      aRequest('d', 'ping'),
    );
    await door.answerTo('d');
    expect(door.messages.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('says of a call that the kitchen cannot be loaded, and still lists the tools', async () => {
    const door = aServerWithoutBackend();
    await door.greet();
    const answer = await door.callTool('open_kitchen');
    expect(answer.result).toMatchObject({ isError: true });
    expect(outputOf(answer)).toMatchObject({ success: false, code: 'unavailable', retryable: true });
    expect(textOf(answer)).toContain('backend');
    expect(listedNames(await door.ask('tools/list'))).toEqual(freeTools);
  });

  it('that finds the kitchen of another build says that maitred was upgraded, and to reconnect', async () => {
    const { dir, version } = mixBuilds();
    const door = spawnServer({ script: join(dir, 'maitred.js'), args: ['serve'] });
    await door.greet();
    expect(outputOf(await door.callTool('open_kitchen'))).toMatchObject({
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
    { who: 'a client that nobody knows', closed: freeTools, open: allTools },
    { who: 'a client that follows list_changed', client: 'claude-code', closed: freeTools, open: allTools },
    { who: 'a client that ignores list_changed', client: 'codex-mcp-client', closed: allTools, open: allTools },
    {
      who: 'a client that ignores list_changed, of a server told to gate,',
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
      who: 'a flag against a variable',
      args: ['--visibility', 'gated'],
      env: { MAITRED_KITCHEN__VISIBILITY: 'always' },
      closed: freeTools,
      open: allTools,
    },
    {
      who: 'a server without the subset kitchen',
      args: ['--set', 'subsets.disabled=[kitchen]', '--visibility', 'always'],
      closed: freeTools,
      open: freeTools,
    },
    {
      who: 'a server without a subset that no tool is in',
      args: ['--set', 'subsets.disabled=[github]', '--visibility', 'always'],
      closed: allTools,
      open: allTools,
    },
  ];

  for (const { who, client, args = [], env = {}, closed, open } of cases) {
    it(`for ${who} shows ${closed.length} tools, and ${open.length} in the open kitchen`, async () => {
      const server = spawnServer({ args, env });
      await server.greet(client);
      expect(listedNames(await server.ask('tools/list'))).toEqual(closed);
      expect(outputOf(await server.callTool('open_kitchen'))).toMatchObject({ success: true, kitchen: 'open' });
      expect(listedNames(await server.ask('tools/list'))).toEqual(open);
      await server.callTool('close_kitchen');
      expect(listedNames(await server.ask('tools/list'))).toEqual(closed);
    });
  }

  for (const args of [[], ['--visibility', 'always']]) {
    it(`in a headless session shows the headless tools, and the free tools, which refuse (${['serve', ...args].join(' ')})`, async () => {
      const server = spawnServer({ args, env: { MAITRED_HEADLESS: '1' } });
      await server.greet();
      expect(listedNames(await server.ask('tools/list'))).toEqual([...freeTools, ...headlessTools]);
      expect(outputOf(await server.callTool('open_kitchen'))).toMatchObject({ success: false, code: 'forbidden' });
      expect(outputOf(await server.callTool('close_kitchen'))).toMatchObject({ success: false, code: 'forbidden' });
      expect(outputOf(await server.callTool('kitchen_status'))).toMatchObject({ tools_enabled: false });
    });
  }

  it('follows the configuration of the project, also from one start to the next', async () => {
    const world = aWorld();
    const configFile = join(world.projectDir, '.maitred', 'config.yaml');
    const listed = async () => {
      const server = spawnServer({ world });
      await server.greet();
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

  it('follows the client that said hello last', async () => {
    const server = spawnServer();
    server.send(anInitialize(1, 'codex-mcp-client'), aRequest(2, 'tools/list'));
    server.send(anInitialize(3, 'a-client'), aRequest(4, 'tools/list'));
    expect(listedNames(await server.answerTo(2))).toEqual(allTools);
    expect(listedNames(await server.answerTo(4))).toEqual(freeTools);
  });

  it('that has changed is announced, once for each change', async () => {
    const server = spawnServer();
    await server.greet();
    await server.callTool('open_kitchen');
    await server.callTool('open_kitchen');
    await server.callTool('close_kitchen');
    await server.leave();
    expect(server.messages.filter(({ method }) => method === 'notifications/tools/list_changed')).toHaveLength(2);
  });

  it('that has changed is with the client before the answer of the call that changed it, if the client asks for it', {
    // On a loaded machine this client, too, can be slower than the server waits for it (100 ms).
    retry: 2,
  }, async () => {
    const server = spawnServer();
    await server.greet();
    await server.ask('tools/list');
    server.send(aToolCall('open', 'open_kitchen'));
    await server.waitFor('list_changed', ({ method }) => method === 'notifications/tools/list_changed');
    const list = await server.ask('tools/list');
    const answer = await server.answerTo('open');
    expect(listedNames(list)).toEqual(allTools);
    expect(server.messages.indexOf(list)).toBeLessThan(server.messages.indexOf(answer));
  });

  it('hides a tool from being called as it hides it from being seen', async () => {
    const server = spawnServer();
    await server.greet();
    const { error } = await server.callTool('get_pipeline_report');
    expect(error).toMatchObject({ code: -32602, message: expect.stringContaining('open_kitchen') });
  });

  it('shows a tool of the closed kitchen that says, when it is called, what to call first', async () => {
    const server = spawnServer({ args: ['--visibility', 'always'] });
    await server.greet();
    const answer = await server.callTool('get_pipeline_report');
    expect(answer.result).toMatchObject({ isError: true });
    expect(outputOf(answer)).toMatchObject({ code: 'closed', error: expect.stringContaining('open_kitchen') });
  });
});
