import { resolve } from 'node:path';
import type { ScriptEnd, ScriptStep } from '../../domain/agent-script.schema.ts';
import type { AgentEvent } from '../../domain/agent-session/agent-event.ts';
import type { RunCommand } from '../platform/process/run-command.ts';
import type { AgentRound } from './agent-adapter.ts';
import { createScriptReports, type ScriptReports } from './script-reports.ts';
import { commandOutput, editFile, writeFile } from './script-tools.ts';

/** One process of a session that a script plays. */
export interface ScriptRound {
  readonly kind: AgentRound['kind'];
  /** The number of this process in its session, from 1. */
  readonly attempt: number;
  readonly sessionId: string;
  readonly prompt: string;
  /** Empty: there is none. */
  readonly marker: string;
  /** Absolute. */
  readonly cwd: string;
  readonly model: string;
}

export interface ScriptStage {
  emit(event: AgentEvent): void;
  readonly runCommand: RunCommand;
  wait(ms: number): Promise<void>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** How the process shall end. */
export type ScriptExit = { readonly code: number } | { readonly signal: NodeJS.Signals } | 'hang';

const commandLimitMs = 600_000;

/** Plays the steps of one process of a session, and emits what an agent would report. A step that fails is the result of a tool, as for any agent. */
export async function playScript(
  steps: readonly ScriptStep[],
  round: ScriptRound,
  { emit, runCommand, wait, now }: ScriptStage,
): Promise<ScriptExit> {
  const { cwd, model, attempt } = round;
  const values = valuesOf(round);
  const fill = (text: string) => text.replace(/\$\{(\w+)\}/g, (unknown, name) => values[name] ?? unknown);
  const reports = createScriptReports(emit, { model, idPrefix: `msg_${attempt}` });
  for (const { say, write, edit, run, tool, usage, limit, wait: seconds, hang, end, on_attempt } of steps) {
    if (on_attempt !== undefined && on_attempt !== attempt) continue;
    if (say !== undefined) reports.say(fill(say));
    if (write !== undefined) {
      const [path, text] = [resolve(cwd, fill(write.file)), fill(write.text)];
      await reports.call('Write', { file_path: path, content: text }, () => writeFile(path, text));
    }
    if (edit !== undefined) {
      const [path, old, text] = [resolve(cwd, fill(edit.file)), fill(edit.old), fill(edit.new)];
      const input = { file_path: path, old_string: old, new_string: text };
      await reports.call('Edit', input, () => editFile(path, old, text));
    }
    if (run !== undefined) {
      const command = { file: 'bash', args: ['-c', run], cwd, env: values, timeLimitMs: commandLimitMs };
      await reports.call('Bash', { command: run }, () => runCommand(command).then(commandOutput));
    }
    if (tool !== undefined)
      await reports.call(tool.name, tool.input, () => ({ isError: tool.is_error, text: fill(tool.result) }));
    if (usage !== undefined) reports.usage(usage);
    if (limit !== undefined) {
      const { status, window, resets_in, utilization = null } = limit;
      const resetsAtMs = resets_in === undefined ? null : now() + resets_in * 1_000;
      emit({ type: 'rateLimit', limit: { status, window, resetsAtMs, utilization } });
    }
    if (seconds !== undefined) await wait(seconds * 1_000);
    if (hang) return 'hang';
    if (end !== undefined) return endSession(end, { reports, emit, fill });
  }
  reports.result('success', reports.lastText);
  return { code: 0 };
}

/** What placeholders stand for. A command has them as variables, which its shell expands: no text of the prompt becomes a part of the command. */
const valuesOf = ({
  marker,
  sessionId,
  prompt,
  kind,
  attempt,
  cwd,
}: ScriptRound): Readonly<Record<string, string>> => ({
  marker,
  session_id: sessionId,
  prompt,
  round: kind,
  attempt: String(attempt),
  cwd,
});

interface Ending {
  readonly reports: ScriptReports;
  emit(event: AgentEvent): void;
  fill(text: string): string;
}

function endSession(end: ScriptEnd, { reports, emit, fill }: Ending): ScriptExit {
  const { result, error, max_turns, context_exhausted, exit, signal, hang } = end;
  if (result !== undefined) {
    reports.say(fill(result));
    reports.result('success', reports.lastText);
  }
  if (error !== undefined) reports.result('error_during_execution', '', [fill(error)]);
  if (max_turns) reports.result('error_max_turns', '', ['Reached the maximum number of turns']);
  if (context_exhausted) {
    emit({ type: 'contextExhausted' });
    reports.result('success', 'Prompt is too long', ['Prompt is too long']);
  }
  if (hang) return 'hang';
  if (signal !== undefined) return { signal };
  return { code: exit ?? (error !== undefined || max_turns || context_exhausted ? 1 : 0) };
}
