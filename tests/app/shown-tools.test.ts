import { describe, expect, it } from 'vitest';
import { createShownTools } from '../../src/app/shown-tools.ts';
import type { JsonObject } from '../../src/domain/json-object.ts';
import type { JsonRpcMessage } from '../../src/domain/json-rpc.ts';
import { createToolFilter, type ToolFilterOptions } from '../../src/domain/tool-filter.ts';

const none: ToolFilterOptions = { allow: [], deny: [], maxNameLength: null };
const call = (params: JsonObject, id: number | null = 1) =>
  ({ jsonrpc: '2.0', ...(id === null ? {} : { id }), method: 'tools/call', params }) as JsonRpcMessage;

/** What reaches the server and the client. */
function between(options: Partial<ToolFilterOptions>) {
  const toServer: [JsonRpcMessage, string | undefined][] = [];
  const toClient: JsonRpcMessage[] = [];
  const tools = createShownTools(createToolFilter({ ...none, ...options }), 'shop');
  const messages = tools.between(
    (message, line) => void toServer.push([message, line?.text]),
    (message) => void toClient.push(message),
  );
  return { tools, toServer, toClient, messages };
}

describe('Tools that are not allowed', () => {
  const deny = ['deleted'];

  it.each([
    ['by their name', call({ name: 'deleted' })],
    ['by a name beside the name', call({ name: 'read', Name: 'deleted' })],
    ['by a name that is no text', call({ name: { toString: 1 } })],
  ])('cannot be called %s', (_, message) => {
    const { messages, toServer, toClient } = between({ deny });
    messages.toServer(message, { text: 'as it came', id: 1 });
    expect(toServer).toEqual([]);
    expect(toClient).toMatchObject([{ id: 1, error: { code: -32602 } }]);
  });

  it('cannot be called without an id, for which nobody would get an error', () => {
    const { messages, toServer, toClient } = between({ deny });
    messages.toServer(call({ name: 'deleted' }, null), { text: 'as it came', id: undefined });
    expect([toServer, toClient]).toEqual([[], []]);
  });

  it('cannot be called by a second name in the line: what the filter has seen is written anew', () => {
    const { messages, toServer } = between({ deny });
    const text = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"deleted","name":"read"}}';
    messages.toServer(JSON.parse(text) as JsonRpcMessage, { text, id: 1 });
    expect(toServer).toEqual([[call({ name: 'read' }), undefined]]);
  });

  it('are not listed, and neither is what has no name', () => {
    const { tools } = between({ deny });
    expect(tools.list([{ name: 'read' }, { name: 'deleted' }, { name: { toString: 1 } }, {}])).toEqual([
      { name: 'read' },
    ]);
  });
});

describe('Without a filter', () => {
  it('everything passes as it came', () => {
    const { messages, toServer, tools } = between({});
    const message = call({ name: { toString: 1 } });
    messages.toServer(message, { text: 'as it came', id: 1 });
    expect(toServer).toEqual([[message, 'as it came']]);
    expect(tools.list([{}])).toEqual([{}]);
  });

  it('a tool that was listed and is there no longer is gone, until it is there again', () => {
    const { tools, messages, toServer, toClient } = between({});
    tools.list([{ name: 'read' }]);
    const attempt = () => messages.toServer(call({ name: 'read' }), undefined);
    tools.setPresent([]);
    attempt();
    expect(toClient).toMatchObject([{ error: { message: expect.stringContaining('is gone') as string } }]);
    tools.setPresent([{ name: 'read' }]);
    attempt();
    expect(toServer).toHaveLength(1);
  });
});

it('A short name works before the tools have been listed', () => {
  const name = 'a'.repeat(80);
  const listing = between({ maxNameLength: 20 });
  const [shown] = listing.tools.list([{ name }]);
  const later = between({ maxNameLength: 20 });
  later.tools.setPresent([{ name }]);
  later.messages.toServer(call({ name: shown?.name }), undefined);
  expect(later.toServer).toEqual([[call({ name }), undefined]]);
});
