import { join } from 'node:path';
import { AppError } from '../../domain/app-error.ts';
import type { AgentAdapter } from './agent-adapter.ts';
import { agentEnvironment } from './agent-environment.ts';
import { createEventReader, readEventLine } from './event-reader.ts';
import { isTooLongForArgument } from './prompt-argument.ts';

export interface ScriptAgentOptions {
  /** Absolute; null: none is set. */
  readonly scriptFile: string | null;
  /** Names of more variables that the person lets through. */
  readonly passed: readonly string[];
}

/** The scripted agent, a program beside ours: it plays the same script in each session. */
export function createScriptAgent({ scriptFile, passed }: ScriptAgentOptions): AgentAdapter {
  return {
    name: 'script',
    command({ model, marker, stepName, prompt: first }, round, { env, execPath, programDir, sessionDir }) {
      if (scriptFile === null) {
        const message =
          'run_skill.script is not set: name the file that the scripted agent plays with `maitred config set --user run_skill.script FILE`.';
        throw new AppError('invalid_input', message);
      }
      const prompt = round.kind === 'first' ? first : round.prompt;
      const isLong = isTooLongForArgument(prompt);
      return {
        file: execPath,
        args: [
          join(programDir, 'script-agent.js'),
          `--script=${scriptFile}`,
          `--log-dir=${logDirOf(sessionDir)}`,
          ...(round.kind === 'first' ? [] : [`--resume=${round.sessionId}`]),
          ...(round.kind === 'nudge' ? ['--nudge'] : []),
          ...(marker === null ? [] : [`--marker=${marker}`]),
          ...(model === null ? [] : [`--model=${model}`]),
          '--',
          isLong ? '-' : prompt,
        ],
        env: agentEnvironment(env, { passed, stepName, ghConfigDir: join(sessionDir, 'gh') }),
        stdin: isLong ? prompt : null,
      };
    },
    createReader: createEventReader,
    logDir: (_spec, { sessionDir }) => logDirOf(sessionDir),
    readLogLine: readEventLine,
    canResume: true,
    explain({ stderr }) {
      const place =
        scriptFile === null ? undefined : stderr.split('\n').find((line) => line.includes(`${scriptFile}:`));
      return place === undefined ? null : `The scripted agent cannot play its script: ${place}`;
    },
  };
}

const logDirOf = (sessionDir: string): string => join(sessionDir, 'agent-log');
