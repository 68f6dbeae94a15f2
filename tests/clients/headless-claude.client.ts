import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AgentEvent, AgentResult } from '../../src/domain/agent-session/agent-event.ts';
import type { AgentSessionSpec } from '../../src/domain/agent-session/session-spec.ts';
import type { AgentAdapter, AgentPlace, AgentRound } from '../../src/services/agents/agent-adapter.ts';
import { createClaudeAdapter } from '../../src/services/agents/claude.ts';
import { aSpec } from '../services/agents/a-claude-session.ts';
import { collectLines } from '../support/line-collector.ts';
import { aWorld, type Exit, type World } from '../support/spawned-server.ts';
import { clientProgram } from './client-program.ts';
import { type ModelTurn, startUnreliableModel, type UnreliableModel } from './unreliable-model.ts';

const slowServer = resolve('tests/clients/fixtures/slow-server.cjs');
const marker = '%%SMOKE::0a1b2c3d%%';

interface SessionOptions {
  readonly world?: World;
  readonly spec?: Partial<AgentSessionSpec>;
  readonly round?: AgentRound;
  /** Undefined removes one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A session of the real program, started and read by the adapter. */
interface HeadlessSession {
  readonly adapter: AgentAdapter;
  readonly model: UnreliableModel;
  readonly events: readonly AgentEvent[];
  ofType<Type extends AgentEvent['type']>(type: Type): readonly Extract<AgentEvent, { readonly type: Type }>[];
  readonly result: AgentResult | undefined;
  readonly sessionId: string;
  /** The file of its log. */
  readonly logFile: string;
  kill(): void;
  exited(): Promise<Exit & { readonly stderr: string }>;
}

async function startSession(turns: readonly ModelTurn[], options: SessionOptions = {}): Promise<HeadlessSession> {
  const { world = aWorld(), round = { kind: 'first' }, env = {} } = options;
  const adapter = createClaudeAdapter({ file: clientProgram('claude') });
  const model = await startUnreliableModel(turns);
  const spec = aSpec({ cwd: world.projectDir, prompt: `Say ${marker}`, marker, ...options.spec });
  const place: AgentPlace = {
    env: {
      ...world.env,
      ANTHROPIC_API_KEY: 'none',
      ANTHROPIC_BASE_URL: model.url,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_TELEMETRY: '1',
      DISABLE_ERROR_REPORTING: '1',
      // Without this it refuses to run as root.
      IS_SANDBOX: '1',
      ...env,
    },
    homeDir: world.homeDir,
    execPath: process.execPath,
    programDir: '',
    sessionDir: join(world.homeDir, 'session'),
  };
  const command = adapter.command(spec, round, place);
  const child = spawn(command.file, command.args, { cwd: world.projectDir, env: command.env });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stdin.end(command.stdin ?? undefined);
  const events: AgentEvent[] = [];
  const reader = adapter.createReader(spec);
  const lines = collectLines((line) => events.push(...reader.line(line, line.length)));
  child.stdout.setEncoding('utf8').on('data', lines.push);
  const stderr = text(child.stderr);
  const exited = new Promise<Exit>((done) => child.once('close', (code, signal) => done({ code, signal })));
  const session: HeadlessSession = {
    adapter,
    model,
    events,
    ofType: (type) =>
      events.filter((event): event is Extract<AgentEvent, { readonly type: typeof type }> => event.type === type),
    get result() {
      return session.ofType('result').at(-1)?.result;
    },
    get sessionId() {
      return session.ofType('init')[0]?.sessionId ?? '';
    },
    get logFile() {
      return join(adapter.logDir(spec, place) ?? '', `${session.sessionId}.jsonl`);
    },
    kill: () => void child.kill(),
    exited: async () => ({ ...(await exited), stderr: await stderr }),
  };
  return session;
}

/** Runs a session to its end. */
async function runSession(turns: readonly ModelTurn[], options: SessionOptions = {}) {
  const session = await startSession(turns, options);
  return { session, ...(await session.exited()) };
}

function write(path: string, content: string | object): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
}

const skill = (name: string, body: string) => `---\nname: ${name}\ndescription: A skill.\n---\n${body}\n`;

describe('a headless session of Claude Code', () => {
  it('runs, writes, and ends with its marker; its log tells the same', async () => {
    const world = aWorld();
    const file = join(world.projectDir, 'note.md');
    const turns: ModelTurn[] = [['Write', { file_path: file, content: 'hello' }], `Written.\n${marker}`];
    const { session, code } = await runSession(turns, { world });
    expect(code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe('hello');
    expect(session.ofType('toolCall')).toMatchObject([{ name: 'Write', filePath: file }]);
    expect(session.result).toMatchObject({ subtype: 'success', isError: false, text: `Written.\n${marker}`, turns: 2 });
    expect(session.result?.usage).toMatchObject({ input_tokens: 2, output_tokens: 2 });
    const log = readFileSync(session.logFile, 'utf8').trimEnd().split('\n').flatMap(session.adapter.readLogLine);
    expect(log).toContainEqual({ type: 'text', text: `Written.\n${marker}` });
    expect(log).toContainEqual(session.ofType('toolCall')[0]);
  });

  it('that does not say its marker has a result without it', async () => {
    const { session, code } = await runSession(['I am done.']);
    expect(code).toBe(0);
    expect(session.result).toMatchObject({ subtype: 'success', isError: false, text: 'I am done.' });
  });

  it('sees its skills and the CLAUDE.md of the project, and nothing that the person or the project has set up', async () => {
    const world = aWorld();
    const hook = (name: string) => ({
      hooks: { SessionStart: [{ hooks: [{ type: 'command', command: `touch ${join(world.homeDir, name)}` }] }] },
    });
    const server = { mcpServers: { slow: { command: process.execPath, args: [slowServer, '0'] } } };
    // The project is below the home, as it usually is.
    const projectDir = join(world.homeDir, 'project');
    const userDir = join(world.homeDir, '.claude');
    write(join(userDir, 'settings.json'), { ...hook('of-user'), env: { OF_USER: '1' } });
    write(join(userDir, 'CLAUDE.md'), 'MEMORY-OF-USER');
    write(join(userDir, 'skills/mine/SKILL.md'), skill('mine', 'SKILL-OF-USER'));
    write(join(world.homeDir, '.claude.json'), server);
    write(join(projectDir, '.claude/settings.json'), {
      ...hook('of-project'),
      env: { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' },
    });
    write(join(projectDir, '.claude/settings.local.json'), hook('of-person-in-project'));
    write(join(projectDir, '.mcp.json'), server);
    write(join(projectDir, 'CLAUDE.md'), 'MEMORY-OF-PROJECT');
    const skillDir = join(world.homeDir, 'session-skills');
    write(join(skillDir, '.claude/skills/verify/SKILL.md'), skill('verify', 'SKILL-OF-STEP'));

    const spec = { cwd: projectDir, skillDirs: [skillDir], prompt: '/verify the search box' };
    const { session, code } = await runSession([marker], { world: { ...world, projectDir }, spec });
    expect(code).toBe(0);
    expect(session.ofType('init')).toMatchObject([{ mcpServers: [] }]);
    expect(session.ofType('init')[0]?.tools?.filter((tool) => tool.startsWith('mcp__'))).toEqual([]);
    const [request = ''] = session.model.requests;
    expect(request).toContain('MEMORY-OF-PROJECT');
    expect(request).toMatch(/SKILL-OF-STEP.{0,40}the search box/);
    expect(request).not.toContain('OF-USER');
    expect(
      ['of-user', 'of-project', 'of-person-in-project'].filter((name) => existsSync(join(world.homeDir, name))),
    ).toEqual([]);
  });

  it('can call a skill of its step by its name', async () => {
    const world = aWorld();
    write(join(world.homeDir, 's/.claude/skills/verify/SKILL.md'), skill('verify', 'SKILL-OF-STEP'));
    const turns: ModelTurn[] = [['Skill', { skill: 'verify', args: 'all' }], marker];
    const { session } = await runSession(turns, { world, spec: { skillDirs: [join(world.homeDir, 's')] } });
    expect(session.model.requests.at(-1)).toContain('SKILL-OF-STEP');
  });

  it('has its own environment: no token for GitHub, and nothing of the server’s own', async () => {
    const env = { GITHUB_TOKEN: 'hidden', DATABASE_URL: 'hidden', MAITRED_HEADLESS: undefined };
    const { session } = await runSession([['Bash', { command: 'env' }], marker], { env });
    const [{ text: listed = '' } = {}] = session.ofType('toolResult');
    expect(listed).toMatch(/^MAITRED_HEADLESS=1$/m);
    expect(listed).not.toContain('hidden');
  });

  it('takes a prompt of 200 KB', async () => {
    const prompt = `Begin ${'x'.repeat(200_000)} end`;
    const { session } = await runSession([marker], { spec: { prompt } });
    expect(session.result).toMatchObject({ text: marker });
    expect(session.model.requests[0]).toContain(prompt);
  });

  it('is resumed by its id, with what was said before', async () => {
    const world = aWorld();
    const { session: before } = await runSession(['The answer is 42.'], { world });
    const round = { kind: 'resume', sessionId: before.sessionId, prompt: 'Go on.' } as const;
    const { session } = await runSession([marker], { world, round });
    expect(session.sessionId).toBe(before.sessionId);
    expect(session.logFile).toBe(before.logFile);
    expect(session.model.requests[0]).toContain('The answer is 42.');
    expect(session.result).toMatchObject({ text: marker, usage: { input_tokens: 1 } });
  });

  it('that has no log cannot be resumed, and says so', async () => {
    const sessionId = '00000000-0000-4000-8000-000000000001';
    const round = { kind: 'resume', sessionId, prompt: 'Go on.' } as const;
    const { session, code, stderr } = await runSession([marker], { round });
    expect([code, session.result?.subtype]).toEqual([1, 'error_during_execution']);
    expect(session.adapter.explain({ stderr, result: '', version: null })).toContain('cannot be resumed');
  });

  it('outlasts an API that is overloaded for a moment', async () => {
    const overloaded = { status: 529, error: 'Overloaded' };
    const { session } = await runSession([overloaded, overloaded, marker]);
    expect(session.ofType('apiRetry')).toMatchObject([
      { attempt: 1, status: 529 },
      { attempt: 2, status: 529 },
    ]);
    expect(session.result).toMatchObject({ isError: false, text: marker });
  });

  it('of an API that stays overloaded ends with an error', async () => {
    const env = { CLAUDE_CODE_MAX_RETRIES: '1' };
    const { session, code } = await runSession([{ status: 529, error: 'Overloaded' }], { env });
    expect(code).toBe(1);
    expect(session.ofType('apiRetry')).toMatchObject([{ attempt: 1, status: 529 }]);
    expect(session.result).toMatchObject({
      subtype: 'success',
      isError: true,
      text: expect.stringContaining('529'),
    });
  });

  it('that has used up the limit of its subscription names the reset', async () => {
    const resetsAt = Math.floor(Date.now() / 1_000) + 3_600;
    const headers = {
      'retry-after': '3600',
      'anthropic-ratelimit-unified-status': 'rejected',
      'anthropic-ratelimit-unified-reset': String(resetsAt),
      'anthropic-ratelimit-unified-representative-claim': 'five_hour',
    };
    const env = { ANTHROPIC_API_KEY: undefined, CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-none' };
    const turn = { status: 429, error: 'This request would exceed your account’s rate limit.', headers };
    const { session, code } = await runSession([turn], { env });
    expect(code).toBe(1);
    expect(session.ofType('rateLimit')).toMatchObject([
      { limit: { status: 'rejected', window: 'five_hour', resetsAtMs: resetsAt * 1_000 } },
    ]);
    expect(session.result).toMatchObject({ isError: true });
  });

  it('that is refused by the limit of an API key reports a limit without a reset', async () => {
    const turn = { status: 429, error: 'Too many requests', headers: { 'retry-after': '3600' } };
    const { session, code } = await runSession([turn]);
    expect(code).toBe(1);
    expect(session.ofType('rateLimit')).toMatchObject([{ limit: { status: 'rejected', resetsAtMs: null } }]);
  });

  it('whose API stops in the middle of an answer prints nothing more, and ends when it is told to', async () => {
    const session = await startSession([{ stallsAfter: 'Half a' }]);
    await expect.poll(() => session.model.requests).toHaveLength(1);
    session.kill();
    expect(await session.exited()).toMatchObject({ code: 143 });
    expect(session.ofType('text')).toEqual([]);
    expect(session.result).toBeUndefined();
  });

  it('whose context is full says so', async () => {
    const full = { status: 400, error: 'prompt is too long: 210000 tokens > 200000 maximum' };
    const { session, code } = await runSession([['Bash', { command: 'true' }], full]);
    expect(code).toBe(1);
    expect(session.events).toContainEqual({ type: 'contextExhausted' });
    expect(session.result).toMatchObject({ isError: true });
  });

  it('waits for a slow MCP server of its step', async () => {
    const world = aWorld();
    const mcpConfigFile = join(world.homeDir, 'mcp.json');
    write(mcpConfigFile, { mcpServers: { slow: { command: process.execPath, args: [slowServer, '4000'] } } });
    const turns: ModelTurn[] = [['mcp__slow__slow_echo', { text: 'hello' }], marker];
    const { session } = await runSession(turns, { world, spec: { mcpConfigFile } });
    expect(session.ofType('init')[0]).toMatchObject({
      mcpServers: [{ name: 'slow', status: 'connected' }],
      tools: expect.arrayContaining(['mcp__slow__slow_echo']),
    });
    expect(session.ofType('toolResult')).toMatchObject([{ isError: false, text: 'echo: hello' }]);
  });

  it('that left a command running in the background does not exit after its result, and goes on when the command ends', async () => {
    const world = aWorld();
    const command = 'until [ -e end ]; do sleep 0.1; done';
    const turns: ModelTurn[] = [['Bash', { command, run_in_background: true }], marker, 'It has ended.'];
    const session = await startSession(turns, { world });
    await expect.poll(() => session.result?.text).toBe(marker);
    write(join(world.projectDir, 'end'), '');
    expect(await session.exited()).toMatchObject({ code: 0 });
    expect(session.ofType('init')).toHaveLength(2);
    expect(session.ofType('result').map(({ result: { text, usage } }) => [text, usage?.input_tokens])).toEqual([
      [marker, 2],
      ['It has ended.', 1],
    ]);
  });

  it('that is not logged in says what to do', async () => {
    const { session, code, stderr } = await runSession([marker], { env: { ANTHROPIC_API_KEY: undefined } });
    expect(code).toBe(1);
    const { text: result = '' } = session.result ?? {};
    expect(session.adapter.explain({ stderr, result, version: null })).toContain('not logged in');
  });

  it.runIf(process.getuid?.() === 0)('is refused as root, and says what to do', async () => {
    const { session, code, stderr } = await runSession([marker], { env: { IS_SANDBOX: undefined } });
    expect([code, session.events]).toEqual([1, []]);
    expect(session.adapter.explain({ stderr, result: '', version: null })).toContain('IS_SANDBOX=1');
  });
});
