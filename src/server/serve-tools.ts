import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import {
  CallToolRequestSchema,
  type CallToolResult,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js';
import { AppError } from '../domain/app-error.ts';
import type { RequestId } from '../domain/json-rpc.ts';
import type { Log } from '../domain/log-record.ts';
import { nearestName } from '../domain/nearest-name.ts';
import { shortenText } from '../domain/shorten-texts.ts';
import { tasksOfNeeds } from '../domain/startup-task.ts';
import { toolErrorOf } from '../domain/tool-result.ts';
import { needsOpenKitchen, type ToolMetadata } from '../domain/tool-visibility.ts';
import type { PendingCall } from '../front/pending-call.ts';
import { callTool, type ToolCall, type ToolCalling } from '../tools/call-tool.ts';
import type { AnyTool } from '../tools/index.ts';
import { refuseHeadless } from '../tools/refuse-headless.ts';
import type { ToolServices } from '../tools/tool-services.ts';
import { listedTool } from './listed-tool.ts';
import { serveRecipes } from './serve-recipes.ts';

export interface ServeToolsOptions extends Pick<ToolCalling, 'observer'> {
  readonly version: string;
  readonly tools: readonly AnyTool[];
  readonly services: ToolServices;
  readonly log: Log;
  isListed(tool: ToolMetadata): boolean;
  /** The front's call behind a request; undefined where there is no front. */
  callOf(id: RequestId): PendingCall | undefined;
  /** Settles when the call's needs are met and a slot is free; null when that is so already. */
  acquireSlot(call: PendingCall): Promise<void> | null;
}

const instructions =
  'Call open_kitchen first: it adds the gated tools to the tool list and says what they are for. Call kitchen_status at any time to see what the server is doing.';

/** Of the name of a tool in an error. */
const mostNameCharacters = 200;

/** The MCP server behind the front: the SDK's low-level `Server` with our tools, and recipes as resources. */
export function serveTools(options: ServeToolsOptions): Server {
  const { tools, services, version, log, observer, isListed, callOf, acquireSlot } = options;
  const { status, gate, redact } = services;
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  const metadata = new Map(tools.map((tool) => [tool.name, metadataOf(tool)]));
  const server = new Server(
    { name: 'maitred', title: 'maitred', version },
    { capabilities: { tools: { listChanged: true }, resources: {}, logging: {} }, instructions },
  );
  serveRecipes(server, services);
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: tools.filter((tool) => isListed(metadataOf(tool))).map(listedTool),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra): Promise<CallToolResult> => {
    const { name } = params;
    const shownName = shortenText(redact.text(name), mostNameCharacters);
    const known = metadata.get(name);
    if (known === undefined) {
      const meant = nearestName(name, byName.keys());
      const hint = meant === undefined ? '' : `. Did you mean ${meant}?`;
      throw new McpError(ErrorCode.InvalidParams, `Unknown tool: ${shownName}${hint}`);
    }
    const isHidden = !isListed(known);
    if (isHidden && !status.isHeadless) {
      const why = gate.isOpen
        ? `turned off: subsets.disabled in the configuration has one of its tags (${known.tags.join(', ')})`
        : 'not available yet: call open_kitchen first';
      throw new McpError(ErrorCode.InvalidParams, `The tool ${name} is ${why}`);
    }
    const call = callOf(extra.requestId);
    const toolCall: ToolCall = {
      name,
      args: params.arguments ?? {},
      scope: call ?? { signal: extra.signal, report: () => undefined },
      logFields: { call_id: call?.id ?? extra.requestId, traceparent: params._meta?.traceparent },
      check() {
        if (isHidden) refuseHeadless(status, name);
        if (needsOpenKitchen(known, status.isHeadless) && !gate.isOpen)
          throw new AppError('closed', `The kitchen is closed: call open_kitchen, then ${name} again.`);
      },
      admit: () => (call === undefined ? null : acquireSlot(call)),
    };
    const outcome = await callTool(toolCall, { tools: byName, services, log, observer });
    const { content, ...flags } = 'fault' in outcome ? toolErrorOf(outcome.fault) : outcome.result;
    return { content: [...content], ...flags };
  });
  return server;
}

/** What the front and the rules of visibility know of a tool. */
export const metadataOf = ({ name, tags, needs }: AnyTool): ToolMetadata => ({
  name,
  tags,
  needs: tasksOfNeeds(needs),
});
