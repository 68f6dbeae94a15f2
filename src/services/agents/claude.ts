import { join } from 'node:path';
import type { AgentSessionSpec } from '../../domain/agent-session/session-spec.ts';
import { isOnPath } from '../platform/is-on-path.ts';
import type { AgentAdapter, AgentRound } from './agent-adapter.ts';
import { agentEnvironment } from './agent-environment.ts';
import { explainClaude } from './claude-failures.ts';
import { claudeLogDir, readClaudeLogLine } from './claude-log.ts';
import { claudeMissing } from './claude-missing.ts';
import { createClaudeReader } from './claude-stream.ts';
import { isTooLongForArgument } from './prompt-argument.ts';

export interface ClaudeOptions {
  /** A name in PATH, or a path. */
  readonly file?: string;
  /** Names of variables that the person lets through to the session. */
  readonly passed?: readonly string[];
  /** How long it stays after its last turn before it exits by itself, in milliseconds. */
  readonly exitDelayMs?: number;
}

/**
 * Claude Code, in its print mode. Of what the person has installed or set up (settings, hooks, plugins, skills, MCP servers, memories), and of the
 * settings, hooks and MCP servers of the project, a session sees nothing. It sees the skills and the MCP servers of its step, and the project's
 * CLAUDE.md and rules.
 */
export function createClaudeAdapter({
  file = 'claude',
  passed = [],
  exitDelayMs = 2_000,
}: ClaudeOptions = {}): AgentAdapter {
  return {
    name: 'claude',
    canResume: true,
    command(spec, round, { env, sessionDir, isReplayed = false }) {
      if (!isReplayed && !file.includes('/') && !isOnPath(file, env.PATH)) throw claudeMissing(file);
      const prompt = round.kind === 'first' ? spec.prompt : round.prompt;
      const isLong = isTooLongForArgument(prompt);
      const ghConfigDir = join(sessionDir, 'gh');
      return {
        file,
        args: [...argumentsOf(spec, round), ...(isLong ? [] : ['--', prompt])],
        env: {
          ...agentEnvironment(env, { passed, stepName: spec.stepName, ghConfigDir }),
          ...ownVariables(spec, exitDelayMs),
        },
        stdin: isLong ? prompt : null,
      };
    },
    createReader: createClaudeReader,
    logDir: ({ cwd }, place) => claudeLogDir(cwd, place),
    readLogLine: readClaudeLogLine,
    explain: explainClaude,
  };
}

function argumentsOf({ cwd, model, skillDirs, mcpConfigFile }: AgentSessionSpec, round: AgentRound): readonly string[] {
  return [
    '-p',
    ...['--output-format', 'stream-json', '--verbose', '--dangerously-skip-permissions'],
    ...(model === null ? [] : [`--model=${model}`]),
    // No source: neither the person's settings, hooks, plugins and skills nor those of the project.
    ...['--setting-sources', '', '--strict-mcp-config'],
    ...(mcpConfigFile === undefined ? [] : ['--mcp-config', mcpConfigFile]),
    // Without a source of settings, skills come only from plugins. A folder with skills/ is one, and `/x` finds the skill x in it.
    ...skillDirs.flatMap((dir) => ['--plugin-dir', join(dir, '.claude')]),
    // Only an added folder has its CLAUDE.md and rules read then, without those of the folders above it.
    ...['--add-dir', cwd],
    // As one argument: the id comes from the agent's output.
    ...(round.kind === 'first' ? [] : [`--resume=${round.sessionId}`]),
  ];
}

const ownVariables = ({ limits }: AgentSessionSpec, exitDelayMs: number): Readonly<Record<string, string>> => ({
  CLAUDE_CODE_AUTO_CONNECT_IDE: '0',
  CLAUDE_CODE_EXIT_AFTER_STOP_DELAY: String(Math.min(exitDelayMs, limits.exitGraceMs)),
  MAX_MCP_OUTPUT_TOKENS: '50000',
  CLAUDE_CODE_ADDITIONAL_DIRECTORIES_CLAUDE_MD: '1',
  CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1',
  // A skill of the step would lose against one of these with the same name.
  CLAUDE_CODE_DISABLE_BUNDLED_SKILLS: '1',
  DISABLE_AUTOUPDATER: '1',
});
