import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AgentRound } from '../../../src/services/agents/agent-adapter.ts';
import { createClaudeAdapter } from '../../../src/services/agents/claude.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { aSpec } from './a-claude-session.ts';

const first: AgentRound = { kind: 'first' };
const claude = createClaudeAdapter({ file: '/opt/claude' });
const place = (env: Readonly<Record<string, string>> = {}) => ({
  env,
  homeDir: '/home/user',
  execPath: process.execPath,
  programDir: '/opt/maitred',
  sessionDir: '/state/agent-sessions/1.1',
});
const argsOf = (changes: Parameters<typeof aSpec>[0], round: AgentRound = first) =>
  claude.command(aSpec(changes), round, place()).args;

describe('the command of Claude Code', () => {
  it('prints records, skips permission checks, and sees no settings and no MCP servers', () => {
    expect(argsOf({})).toEqual([
      ...['-p', '--output-format', 'stream-json', '--verbose', '--dangerously-skip-permissions'],
      ...['--setting-sources', '', '--strict-mcp-config', '--add-dir', '/home/user/project', '--', 'Use /smoke-task'],
    ]);
  });

  it('names the model, the skills and the MCP servers of the step', () => {
    const args = argsOf({ model: 'opus', skillDirs: ['/s/a', '/s/b'], mcpConfigFile: '/s/mcp.json' }).join(' ');
    expect(args).toContain('--model=opus');
    expect(args).toContain('--plugin-dir /s/a/.claude --plugin-dir /s/b/.claude');
    expect(args).toContain('--strict-mcp-config --mcp-config /s/mcp.json');
  });

  it.each(['resume', 'nudge'] as const)('a %s continues the session with its own prompt', (kind) => {
    expect(argsOf({}, { kind, sessionId: '--version', prompt: 'go on' }).slice(-3)).toEqual([
      ...['--resume=--version', '--', 'go on'],
    ]);
  });

  it('a prompt above 100 KB goes through stdin', () => {
    const short = claude.command(aSpec({ prompt: 'é'.repeat(50_000) }), first, place());
    expect([short.args.at(-1), short.stdin]).toEqual(['é'.repeat(50_000), null]);
    const prompt = `${'é'.repeat(50_000)}.`;
    const long = claude.command(aSpec({ prompt }), first, place());
    expect([long.args.at(-1), long.stdin]).toEqual(['/home/user/project', prompt]);
  });

  it('its environment is that of an agent, with what keeps the person’s own setup out', () => {
    const { env } = claude.command(aSpec({ stepName: 'plan' }), first, place({ HOME: '/home/user', GH_TOKEN: 'x' }));
    expect(env).toEqual({
      HOME: '/home/user',
      MAITRED_HEADLESS: '1',
      SCENARIO_STEP_NAME: 'plan',
      GH_CONFIG_DIR: '/state/agent-sessions/1.1/gh',
      CLAUDE_CODE_AUTO_CONNECT_IDE: '0',
      CLAUDE_CODE_EXIT_AFTER_STOP_DELAY: '2000',
      MAX_MCP_OUTPUT_TOKENS: '50000',
      CLAUDE_CODE_ADDITIONAL_DIRECTORIES_CLAUDE_MD: '1',
      CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1',
      CLAUDE_CODE_DISABLE_BUNDLED_SKILLS: '1',
      DISABLE_AUTOUPDATER: '1',
    });
  });

  it('it stays after its last turn for as long as it is told to, and not longer than it may take to exit', () => {
    const delayOf = (exitDelayMs: number) =>
      createClaudeAdapter({ file: '/bin/claude', exitDelayMs }).command(aSpec(), first, place()).env
        .CLAUDE_CODE_EXIT_AFTER_STOP_DELAY;
    expect([500, 60_000].map(delayOf)).toEqual(['500', '3000']);
  });

  it('where it is not installed, the error says how to install it, unless a scenario is replayed', () => {
    const dir = tempFolder();
    const start = () => createClaudeAdapter().command(aSpec(), first, place({ PATH: dir }));
    expect(start).toThrow(/^Claude Code is not installed: there is no program claude in PATH\. Run npm install/);
    const replayed = { ...place({ PATH: dir }), isReplayed: true };
    expect(createClaudeAdapter().command(aSpec(), first, replayed).file).toBe('claude');
    writeFileSync(join(dir, 'claude'), '');
    chmodSync(join(dir, 'claude'), 0o755);
    expect(start().file).toBe('claude');
  });
});

describe('the explanation of a failure of Claude Code', () => {
  const explain = (failure: Partial<Parameters<typeof claude.explain>[0]>) =>
    claude.explain({ stderr: '', result: '', version: '2.1.332', ...failure });

  it.each([
    [
      'root',
      { stderr: '--dangerously-skip-permissions cannot be used with root/sudo privileges for security reasons' },
      /IS_SANDBOX=1/,
    ],
    ['an unknown option', { stderr: "error: unknown option '--plugin-dir'" }, /2\.1\.197 or newer/],
    ['no login', { result: 'Not logged in · Please run /login' }, /not logged in: start claude once/],
    ['a wrong key', { result: 'Invalid API key · Fix external API key' }, /not logged in/],
    [
      'an expired token',
      { result: 'Failed to authenticate. API Error: 401 OAuth token has expired.' },
      /not logged in/,
    ],
    ['no credit', { result: 'Credit balance is too low' }, /no credit/],
    ['an unknown model', { result: "There's an issue with the selected model (nosuch)." }, /name another one in model/],
    ['an unknown session', { stderr: 'No conversation found with session ID: 1' }, /cannot be resumed/],
    ['an old version', { version: '2.0.76' }, /^Claude Code 2\.0\.76 is older than 2\.1\.197/],
  ])('names %s', (_, failure, meaning) => {
    expect(explain(failure)).toMatch(meaning);
  });

  it.each([
    ['an unknown failure', { stderr: 'Segmentation fault' }],
    ['a long result that mentions one', { result: `Please run /login\n${'x'.repeat(2_000)}` }],
    ['the oldest version', { version: '2.1.197' }],
    ['a version that is no number', { version: 'next' }],
    ['no version', { version: null }],
  ])('says nothing about %s', (_, failure) => {
    expect(explain(failure)).toBeNull();
  });
});
