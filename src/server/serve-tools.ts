import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import {
  CallToolRequestSchema,
  type CallToolResult,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js';
import type * as z from 'zod';
import { AppError, type ErrorDetails, type Fault, toFault } from '../domain/app-error.ts';
import type { RequestId } from '../domain/json-rpc.ts';
import type { Log } from '../domain/log-record.ts';
import { type StartupTaskName, startupTasks } from '../domain/startup-task.ts';
import { type ToolResult, toolErrorOf, toolResultOf } from '../domain/tool-result.ts';
import { needsOpenKitchen, type ToolMetadata } from '../domain/tool-visibility.ts';
import type { Admission } from '../front/admission.ts';
import type { AnyTool } from '../tools/index.ts';
import { refuseHeadless } from '../tools/refuse-headless.ts';
import type { ToolServices } from '../tools/tool-services.ts';
import { listedTool } from './listed-tool.ts';

export interface ServeToolsOptions {
  readonly version: string;
  readonly tools: readonly AnyTool[];
  readonly services: ToolServices;
  readonly admission: Admission;
  readonly log: Log;
  isListed(tool: ToolMetadata): boolean;
}

const instructions =
  'Call open_kitchen first: it adds the gated tools to the tool list and returns the rules. Call kitchen_status at any time to see what the server is doing.';

/** The real MCP server: the SDK's low-level `Server` with our tools behind it. */
export function serveTools(options: ServeToolsOptions): Server {
  const { tools, version } = options;
  const byName = new Map(tools.map((tool) => [tool.name, { tool, sign: metadataOf(tool) }]));
  const server = new Server(
    { name: 'maitred', title: 'maitred', version },
    { capabilities: { tools: { listChanged: true }, logging: {} }, instructions },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: tools.filter((tool) => options.isListed(metadataOf(tool))).map(listedTool),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { requestId }): Promise<CallToolResult> => {
    const known = byName.get(params.name);
    if (known === undefined) throw new McpError(ErrorCode.InvalidParams, `Unknown tool: ${params.name}`);
    const isHidden = !options.isListed(known.sign);
    if (isHidden && !options.services.status.isHeadless)
      throw new McpError(
        ErrorCode.InvalidParams,
        `The tool ${params.name} is not available yet: call open_kitchen first`,
      );
    const call = { id: requestId, args: params.arguments ?? {}, traceparent: params._meta?.traceparent };
    const { content, ...flags } = await callTool(known, call, options);
    return { content: [...content], ...flags };
  });
  return server;
}

interface KnownTool {
  readonly tool: AnyTool;
  readonly sign: ToolMetadata;
}

interface Call {
  readonly id: RequestId;
  readonly args: unknown;
  /** W3C Trace Context, as the client gave it. */
  readonly traceparent: unknown;
}

export function metadataOf({ name, tags, needs }: AnyTool): ToolMetadata {
  return { name, tags, needs: tasksOf(needs) };
}

/** `ready` stands for every gating task. */
function tasksOf(needs: AnyTool['needs']): StartupTaskName[] {
  return needs.flatMap((need) =>
    need === 'ready' ? startupTasks.filter(({ gating }) => gating).map(({ name }) => name) : [need],
  );
}

async function callTool({ tool, sign }: KnownTool, call: Call, options: ServeToolsOptions): Promise<ToolResult> {
  const { admission, services } = options;
  const known = admission.ticket(call.id);
  const startedAtMs = performance.now();
  try {
    if (!options.isListed(sign)) refuseHeadless(services.status, tool.name);
    const ticket = known ?? admission.enter(call.id, tool.name, undefined);
    if (needsOpenKitchen(tool, services.status.isHeadless) && !services.gate.isOpen)
      throw new AppError('closed', `The kitchen is closed: call open_kitchen, then ${tool.name} again.`);
    const input = tool.input.safeParse(call.args);
    if (!input.success) throw invalidArguments(tool.name, input.error);
    const wait = admission.seat(ticket, sign.needs);
    if (wait !== null) await wait;
    const output = await runTimed(input.data, services, () => tool.handler(input.data, services, ticket));
    logCall(tool, call, startedAtMs, options);
    return toolResultOf(output);
  } catch (problem) {
    return toolErrorOf(withoutSecrets(logFailure(tool, call, problem, options), services));
  } finally {
    if (known === undefined) admission.leave(call.id);
  }
}

/** A call that names its step is timed from here on, whatever comes of it; what it has waited for does not count. */
async function runTimed<Output>(
  { step_name: stepName, order_id: orderId }: Readonly<Record<string, unknown>>,
  { timing }: Pick<ToolServices, 'timing'>,
  run: () => Output,
): Promise<Awaited<Output>> {
  const startedAtMs = performance.now();
  try {
    return await run();
  } finally {
    if (typeof stepName === 'string')
      timing.add({
        stepName,
        orderId: typeof orderId === 'string' ? orderId : '',
        elapsedMs: performance.now() - startedAtMs,
      });
  }
}

const callFields = ({ name }: AnyTool, { id, traceparent }: Call) => ({ call_id: id, tool: name, traceparent });

function logCall(tool: AnyTool, call: Call, startedAtMs: number, { log }: ServeToolsOptions): void {
  if (!log.isLogged('DEBUG')) return;
  log.debug('tool_called', { ...callFields(tool, call), ms: Math.round(performance.now() - startedAtMs) });
}

/** A defect is logged with its stack, and the answer names the log: people never see a stdio server's stderr. */
function logFailure(tool: AnyTool, call: Call, problem: unknown, { log, services }: ServeToolsOptions): Fault {
  const fault = toFault(problem);
  const fields = { ...callFields(tool, call), code: fault.code, error: fault.message };
  if (fault.code !== 'internal') {
    log.warning('tool_failed', fields);
    return fault;
  }
  log.error('tool_failed', { ...fields, stack: problem instanceof Error ? problem.stack : undefined });
  return { ...fault, details: { ...fault.details, log_file: services.status.logFile } };
}

function withoutSecrets({ code, message, details }: Fault, { redact }: Pick<ToolServices, 'redact'>): Fault {
  return { code, message: redact.text(message), details: redact.value(details ?? {}) as ErrorDetails };
}

function invalidArguments(tool: string, { issues }: z.ZodError): AppError {
  const problems = issues.map(({ path, message }) => ({ argument: path.join('.') || '(arguments)', message }));
  const sentence = problems.map(({ argument, message }) => `${argument}: ${message}`).join('; ');
  return new AppError('invalid_input', `${tool} was called with bad arguments: ${sentence}.`, {
    details: { arguments: problems },
  });
}
