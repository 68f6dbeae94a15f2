import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import type { JsonObject } from '../../src/domain/json-object.ts';
import { findKnownClients } from '../../src/domain/known-clients.ts';
import { runMaitred } from '../support/run-maitred.ts';
import { aWorld, type World } from '../support/spawned-server.ts';
import type { Client } from './client.ts';
import { clientProgram } from './client-program.ts';
import { realClients } from './real-clients.ts';

const slowServer = resolve('tests/clients/fixtures/slow-server.cjs');

/** Runs a session whose model calls the tool of this server. */
async function aSession(client: Client, world: World, args: readonly string[]) {
  const model = await client.startModel([[client.toolName('slow_echo'), { text: 'hello from the model' }]]);
  const { MAITRED_STATE_DIR = '' } = world.env;
  const server = { command: process.execPath, args, env: { MAITRED_STATE_DIR } };
  const { code, stderr } = await client.runSession(world, server, model.url);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return model;
}

function knownAs({ shortName }: Client) {
  const { name, protocolVersion, capabilities } = findKnownClients(shortName)[0] ?? {};
  return { name, protocolVersion, capabilities };
}

/** The servers that `maitred status` shows as up. */
async function serversUp(world: World): Promise<readonly object[]> {
  const { stdout } = await runMaitred(world, 'status', '--json');
  const { servers } = JSON.parse(stdout) as { servers: readonly { readonly health: string }[] };
  return servers.filter(({ health }) => health === 'up');
}

/** @param received what a server received, a message a line */
const initializeParamsIn = (received: string): unknown =>
  received
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as JsonObject)
    .find(({ method }) => method === 'initialize')?.params;

describe.each(realClients)('%s', (_, client) => {
  beforeEach(() => void clientProgram(client.program));

  it('sends what the table of known clients says, and its model calls the tool of a server that starts at once', async () => {
    const world = aWorld();
    const recordFile = join(world.homeDir, 'received');
    const model = await aSession(client, world, [slowServer, '0', recordFile]);
    const { name, ...handshake } = knownAs(client);
    expect(initializeParamsIn(readFileSync(recordFile, 'utf8'))).toEqual({
      ...handshake,
      clientInfo: expect.objectContaining({ name }) as unknown,
    });
    expect(model.requests[0]).toContain('slow_echo');
    expect(model.received).toContain('echo: hello from the model');
  });

  it('names the tool of a wrapped server that takes 10 s to start in its first request, and the call succeeds', async () => {
    const world = aWorld();
    const command = ['--', process.execPath, slowServer];
    const warmed = await runMaitred(world, 'wrap', '--warm', '--client', client.shortName, ...command);
    expect(warmed).toMatchObject({ code: 0 });
    const entries = readdirSync(world.stateFolder.handshakesDir);
    const model = await aSession(client, world, [join(inject('programDir'), 'maitred.js'), 'wrap', ...command]);
    expect(model.requests[0]).toContain('slow_echo');
    expect(model.received).toContain('echo: hello from the model');
    // It came as the client that --client names.
    expect(readdirSync(world.stateFolder.handshakesDir)).toEqual(entries);
    // Some clients do not wait for the end of their servers.
    await expect.poll(() => serversUp(world)).toEqual([]);
  });
});
