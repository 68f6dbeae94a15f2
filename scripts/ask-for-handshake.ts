import { SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/sdk/types.js';
import type { ServerHandshake } from '../src/app/stdio-host.ts';
import { encodeJson } from '../src/domain/encode-json.ts';
import type { JsonRpcMessage, JsonRpcResponse } from '../src/domain/json-rpc.ts';
import { logThrough } from '../src/domain/log-record.ts';
import { createBridge } from '../src/server/bridge.ts';
import { metadataOf, serveTools } from '../src/server/serve-tools.ts';
import { tools } from '../src/tools/index.ts';
import type { ToolServices } from '../src/tools/tool-services.ts';

/** Asks the real server for its handshake and its tools, over a bridge in this process. */
export async function askForHandshake(version: string): Promise<ServerHandshake> {
  const waiting = new Map<unknown, (result: unknown) => void>();
  const bridge = createBridge((message) => {
    const { id, result } = message as JsonRpcResponse;
    waiting.get(id)?.(result);
  });
  const server = serveTools({
    version,
    tools,
    services: {} as ToolServices,
    log: logThrough(() => undefined),
    isListed: () => true,
    callOf: () => undefined,
    acquireSlot: () => null,
  });
  await server.connect(bridge.transport);
  const ask = (id: string, method: string, params: Readonly<Record<string, unknown>>) =>
    new Promise<unknown>((resolve) => {
      waiting.set(id, resolve);
      bridge.receive({ jsonrpc: '2.0', id, method, params } satisfies JsonRpcMessage, undefined);
    });
  const protocolVersions = [...SUPPORTED_PROTOCOL_VERSIONS];
  const [newest] = protocolVersions;
  const { protocolVersion, ...rest } = (await ask('initialize', 'initialize', {
    protocolVersion: newest,
    capabilities: {},
    clientInfo: { name: 'build', version: '0' },
  })) as Record<string, unknown>;
  if (protocolVersion !== newest) throw new Error(`the server answered protocol ${protocolVersion} to ${newest}`);
  const { tools: listed } = (await ask('list', 'tools/list', {})) as { tools: { name: string }[] };
  return {
    protocolVersions,
    initializeHead: '{"protocolVersion":',
    initializeTail: `,${encodeJson(rest).slice(1)}`,
    tools: tools.map((tool) => {
      const json = encodeJson(listed.find(({ name }) => name === tool.name));
      return { ...metadataOf(tool), json };
    }),
  };
}
