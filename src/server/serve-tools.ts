import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import {
  CallToolRequestSchema,
  type CallToolResult,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js';
import type * as z from 'zod';
import { AppError, toFault } from '../domain/app-error.ts';
import type { RequestId } from '../domain/json-rpc.ts';
import type { Log } from '../domain/log-record.ts';
import { type StartupTaskName, startupTasks } from '../domain/startup-task.ts';
import { type ToolResult, toolErrorOf, toolResultOf } from '../domain/tool-result.ts';
import { kitchenTag, type ToolSign } from '../domain/tool-visibility.ts';
import type { Admission } from '../front/admission.ts';
import type { AnyTool, ToolServices } from '../tools/index.ts';
import { listedTool } from './listed-tool.ts';

export interface ServeToolsOptions {
  readonly version: string;
  readonly tools: readonly AnyTool[];
  readonly services: ToolServices;
  readonly admission: Admission;
  readonly log: Log;
  isListed(tool: ToolSign): boolean;
}

const instructions =
  'Call open_kitchen first: it opens the kitchen, whose tools then appear in the list, and explains the rules. kitchen_status says at any time what the server is doing.';

/** The real MCP server: the SDK's low-level `Server` with our tools behind it. */
export function serveTools(options: ServeToolsOptions): Server {
  const { tools, version } = options;
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  const server = new Server(
    { name: 'maitred', title: 'maitred', version },
    { capabilities: { tools: { listChanged: true }, logging: {} }, instructions },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: tools.filter((tool) => options.isListed(signOf(tool))).map(listedTool),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { requestId }): Promise<CallToolResult> => {
    const tool = findTool(byName.get(params.name), params.name, options);
    const { content, ...flags } = await callTool(tool, params.arguments ?? {}, requestId, options);
    return { content: [...content], ...flags };
  });
  return server;
}

export function signOf({ name, tags, needs }: AnyTool): ToolSign {
  return { name, tags, needs: tasksOf(needs) };
}

/** `ready` stands for every gating task. */
export function tasksOf(needs: AnyTool['needs']): StartupTaskName[] {
  return needs.flatMap((need) =>
    need === 'ready' ? startupTasks.filter(({ gating }) => gating).map(({ name }) => name) : [need],
  );
}

function findTool(tool: AnyTool | undefined, name: string, { isListed }: ServeToolsOptions): AnyTool {
  if (tool === undefined) throw new McpError(ErrorCode.InvalidParams, `Unknown tool: ${name}`);
  if (!isListed(signOf(tool)))
    throw new McpError(ErrorCode.InvalidParams, `The tool ${name} is not available yet: call open_kitchen first`);
  return tool;
}

async function callTool(tool: AnyTool, args: unknown, id: RequestId, options: ServeToolsOptions): Promise<ToolResult> {
  const { admission, services, log } = options;
  const known = admission.ticket(id);
  const startedAtMs = performance.now();
  try {
    const ticket = known ?? admission.enter(id, tool.name, undefined);
    if (tool.tags.includes(kitchenTag) && !services.gate.isOpen)
      throw new AppError('closed', `The kitchen is closed: call open_kitchen, then ${tool.name} again.`);
    const input = tool.input.safeParse(args);
    if (!input.success) throw invalidArguments(tool.name, input.error);
    await admission.seat(ticket, tasksOf(tool.needs));
    const output = await tool.handler(input.data, services, ticket);
    log.debug('tool_called', { call_id: id, tool: tool.name, ms: Math.round(performance.now() - startedAtMs) });
    return toolResultOf(output);
  } catch (problem) {
    const fault = toFault(problem);
    const level = fault.code === 'internal' ? 'error' : 'warning';
    log[level]('tool_failed', {
      call_id: id,
      tool: tool.name,
      code: fault.code,
      error: fault.message,
      stack: fault.code === 'internal' && problem instanceof Error ? problem.stack : undefined,
    });
    return toolErrorOf(fault);
  } finally {
    if (known === undefined) admission.leave(id);
  }
}

function invalidArguments(tool: string, { issues }: z.ZodError): AppError {
  const problems = issues.map(({ path, message }) => ({ argument: path.join('.') || '(arguments)', message }));
  const sentence = problems.map(({ argument, message }) => `${argument}: ${message}`).join('; ');
  return new AppError('invalid_input', `${tool} was called with bad arguments: ${sentence}.`, {
    details: { arguments: problems },
  });
}
