import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { expect, it } from 'vitest';
import { logThrough } from '../../src/domain/log-record.ts';
import { createRedactor } from '../../src/domain/redact.ts';
import { serveTools } from '../../src/server/serve-tools.ts';
import type { ToolServices } from '../../src/tools/tool-services.ts';
import { aStatus } from '../doubles/tool-calls.ts';

it('The name of a tool that is not there comes back in the error, without a secret and of bounded length', async () => {
  const services = { redact: createRedactor(['a-secret']), status: aStatus() } as unknown as ToolServices;
  const log = logThrough(
    () => undefined,
    {},
    () => 'ERROR',
  );
  const server = serveTools({
    version: '1',
    tools: [],
    services,
    log,
    isListed: () => true,
    callOf: () => undefined,
    acquireSlot: () => null,
  });
  const [near, far] = InMemoryTransport.createLinkedPair();
  await server.connect(far);
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(near);
  // The secret lies where a long name is cut.
  const name = `${'x'.repeat(96)}a-secret${'x'.repeat(1_000)}`;
  const error = await client.callTool({ name }).catch((thrown: unknown) => thrown);
  expect(String(error)).toMatch(/Unknown tool: x{96}\[red\[… \d+ characters left out\]x{100}$/);
  await client.close();
});
