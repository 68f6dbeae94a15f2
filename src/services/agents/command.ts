import { join } from 'node:path';
import { AppError } from '../../domain/app-error.ts';
import { lastCharacters } from '../../domain/shorten-texts.ts';
import type { AgentAdapter, AgentStreamReader } from './agent-adapter.ts';
import { agentEnvironment } from './agent-environment.ts';
import { isTooLongForArgument } from './prompt-argument.ts';

export interface CommandAgentOptions {
  /** The program and its arguments; empty: none is set. The argument `-` has the prompt written to stdin. */
  readonly command: readonly string[];
  /** Names of more variables that the person lets through. */
  readonly passed: readonly string[];
}

/**
 * Any program as an agent. The prompt is its last argument; where the command has the argument `-`, and where the prompt is over 100 KB, it goes by
 * stdin. What the program prints is its text and its result, and its exit code says whether it succeeded.
 */
export function createCommandAgent({ command, passed }: CommandAgentOptions): AgentAdapter {
  return {
    name: 'command',
    command({ prompt, stepName }, _round, { env, sessionDir }) {
      const [file, ...args] = command;
      if (file === undefined) {
        const message =
          'run_skill.command is not set: name the program to run with `maitred config set --user run_skill.command "PROGRAM ARGUMENTS"`.';
        throw new AppError('invalid_input', message);
      }
      const readsStdin = args.includes('-') || isTooLongForArgument(prompt);
      return {
        file,
        args: readsStdin ? args : [...args, prompt],
        env: agentEnvironment(env, { passed, stepName, ghConfigDir: join(sessionDir, 'gh') }),
        stdin: readsStdin ? prompt : null,
      };
    },
    createReader: createTextReader,
    logDir: () => null,
    readLogLine: () => [],
    canResume: false,
    explain: () => null,
  };
}

/** Of the end of the output; as much as is kept of the texts of any agent. */
const mostResultCharacters = 256 * 1_024;

function createTextReader(): AgentStreamReader {
  /** As lines: one long text that is truncated again and again would take much memory. */
  let older: string[] = [];
  let newer: string[] = [];
  let characters = 0;
  return {
    line(line, sizeBytes) {
      if (line === null) return [{ type: 'unreadable', sizeBytes }];
      const text = line.endsWith('\r') ? line.slice(0, -1) : line;
      newer.push(text);
      characters += text.length + 1;
      if (characters > mostResultCharacters) [older, newer, characters] = [newer, [], 0];
      return text === '' ? [] : [{ type: 'text', text }];
    },
    end(exit) {
      const isError = exit !== 0;
      const result = {
        subtype: isError ? 'error_during_execution' : 'success',
        isError,
        text: lastCharacters([...older, ...newer].join('\n'), mostResultCharacters).trimEnd(),
        errors: [],
        turns: null,
        costUsd: null,
        usage: null,
        usageByModel: {},
      };
      return [{ type: 'result', result }];
    },
  };
}
