import { answerBudgetBytes, fitFault, resultBytes } from '../domain/answer-budget.ts';
import { AppError, type ErrorDetails, type Fault, toFault } from '../domain/app-error.ts';
import type { Log } from '../domain/log-record.ts';
import type { Adoption } from '../domain/recipe-run/adoption.ts';
import type { CallObserver } from '../domain/scenario/scenario.ts';
import { type ToolResult, toolErrorOf, toolResultOf } from '../domain/tool-result.ts';
import type { CallScope } from './define-tool.ts';
import type { AnyTool } from './index.ts';
import { readArguments } from './read-arguments.ts';
import type { ToolServices } from './tool-services.ts';

export interface ToolCall {
  /** The name of the tool. */
  readonly name: string;
  readonly args: unknown;
  readonly scope: CallScope;
  /** In each line of the log about this call. */
  readonly logFields: Readonly<Record<string, unknown>>;
  /** Called first; throws if the caller may not call the tool now. */
  check?(): void;
  /** Called once the arguments are valid; the handler runs when it has settled. null: at once. */
  admit?(): Promise<void> | null;
}

/** What every call needs. */
export interface ToolCalling {
  readonly tools: ReadonlyMap<string, AnyTool>;
  readonly services: ToolServices;
  readonly log: Log;
  /** Is informed of each call whose handler runs. */
  readonly observer?: CallObserver | undefined;
}

/** What the handler returned, also as the answer to a client; or why there is none. */
export type ToolOutcome = { readonly output: unknown; readonly result: ToolResult } | { readonly fault: Fault };

/**
 * Calls a tool: validates the arguments, runs the handler, times it where the call names a step, and logs it. Never throws: a failure is a
 * fault without secrets. It needs no client, takes no slot and does not know the gate: the caller's `check` and `admit` do.
 */
export async function callTool(call: ToolCall, { tools, services, log, observer }: ToolCalling): Promise<ToolOutcome> {
  const { name, args, scope, logFields } = call;
  const startedAtMs = performance.now();
  let settled: ReturnType<CallObserver['begin']> | undefined;
  try {
    call.check?.();
    const tool = tools.get(name);
    if (tool === undefined) throw new AppError('not_found', `There is no tool ${name}.`);
    const input = readArguments(tool, args);
    const admitted = call.admit?.() ?? null;
    if (admitted !== null) await admitted;
    settled = observer?.begin({ tool: name, args, signal: scope.signal });
    const output = await runTimed(input, services, () => tool.handler(input, services, scope));
    // Output that is not JSON is a defect of the tool, so it fails here, where defects are logged.
    const result = toolResultOf(output);
    const sizeBytes = resultBytes(result);
    requireWithinBudget(tool, sizeBytes);
    services.responses.add(name, sizeBytes);
    if (log.isLogged('DEBUG'))
      log.debug('tool_called', { ...logFields, tool: name, ms: Math.round(performance.now() - startedAtMs) });
    settled?.('succeeded');
    return { output, result };
  } catch (problem) {
    const fault = faultOf(problem, { ...logFields, tool: name }, services, log);
    if (tools.has(name)) services.responses.add(name, resultBytes(toolErrorOf(fault)));
    settled?.(fault.code);
    return { fault };
  }
}

/**
 * What a call of a step did whose server was killed, as `Tool.adopt`.
 * @throws AppError `not_found` for an unknown tool, `invalid_input` for arguments that are not valid
 */
export async function adoptCall(
  { tool: name, args, key }: { readonly tool: string; readonly args: unknown; readonly key: string },
  { tools, services }: Pick<ToolCalling, 'tools' | 'services'>,
): Promise<Adoption> {
  const tool = tools.get(name);
  if (tool === undefined) throw new AppError('not_found', `There is no tool ${name}.`);
  const input = readArguments(tool, args);
  if (tool.adopt !== undefined) return tool.adopt(input, services, key);
  return { state: tool.effect === 'reads' ? 'again' : 'unknown' };
}

/** Times a call that names its step, whether it succeeds or not. The time that it waited before does not count. */
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

/** Logs a failure, a defect with its stack. The fault of a defect names the log file: people never see a stdio server's stderr. */
function faultOf(
  problem: unknown,
  logFields: Readonly<Record<string, unknown>>,
  { redact, status }: Pick<ToolServices, 'redact' | 'status'>,
  log: Log,
): Fault {
  const { code, message, details = {} } = toFault(problem);
  const fields = { ...logFields, code, error: message };
  const isDefect = code === 'internal';
  if (isDefect) log.error('tool_failed', { ...fields, stack: problem instanceof Error ? problem.stack : undefined });
  else log.warning('tool_failed', fields);
  const shown = isDefect ? { ...details, log_file: status.logFile } : details;
  // Shortened last: half of a secret would not be recognized and redacted.
  return fitFault({ code, message: redact.text(message), details: redact.value(shown) as ErrorDetails });
}

/** The last guard: every tool keeps its answer within the budget. @throws AppError `internal` */
function requireWithinBudget({ name, input }: AnyTool, sizeBytes: number): void {
  if (sizeBytes <= answerBudgetBytes) return;
  const fix = 'limit' in input.shape ? 'Call it again with a smaller limit.' : 'Ask it for less.';
  throw new AppError(
    'internal',
    `${name} has run, but its answer has ${sizeBytes} bytes, more than the ${answerBudgetBytes} that clients read as a whole, so it is left out. ${fix}`,
    { details: { size_bytes: sizeBytes } },
  );
}
