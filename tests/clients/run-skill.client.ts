import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/domain/json-object.ts';
import { aMarkedWorld, commandsOf, type MarkedWorld, markedProcesses } from '../support/marked-world.ts';
import {
  aServerWithAgent,
  indexedSessions,
  type ServerWithAgent,
  unsettledSessions,
} from '../support/server-with-agent.ts';
import { clientProgram } from './client-program.ts';
import { type ModelTurn, startUnreliableModel, type UnreliableModel } from './unreliable-model.ts';

/** What the model says where it ends as it was asked to. */
const marker = `\${marker}`;

interface Sessions extends ServerWithAgent {
  readonly world: MarkedWorld;
  readonly model: UnreliableModel;
}

/** A server whose sessions are of the real program, with a model that does this. */
async function sessionsOf(turns: readonly ModelTurn[], env: Readonly<Record<string, string>> = {}): Promise<Sessions> {
  const world = aMarkedWorld();
  const model = await startUnreliableModel(turns);
  const server = await aServerWithAgent({
    world,
    env: {
      MAITRED_RUN_SKILL__AGENT: 'claude',
      MAITRED_RUN_SKILL__EXIT_AFTER_STOP_DELAY_MS: '0',
      MAITRED_RUN_SKILL__CLAUDE_PATH: clientProgram('claude'),
      MAITRED_RUN_SKILL__ENV: '["TEST_WORLD"]',
      ANTHROPIC_API_KEY: 'none',
      ANTHROPIC_BASE_URL: model.url,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_TELEMETRY: '1',
      DISABLE_ERROR_REPORTING: '1',
      // Without this it refuses to run as root.
      IS_SANDBOX: '1',
      ...env,
    },
  });
  return { ...server, world, model };
}

/** What is left of the sessions when the server has ended. */
async function leave({ server, world }: Sessions): Promise<void> {
  expect(await server.leave()).toEqual({ code: 0, signal: null });
  expect(commandsOf(markedProcesses(world))).toEqual([]);
  expect(unsettledSessions(world)).toEqual([]);
}

const overloaded: ModelTurn = { status: 529, error: 'Overloaded' };
const noRetries = { CLAUDE_CODE_MAX_RETRIES: '1' };

describe('run_skill with Claude Code', () => {
  it('succeeds with a session that ends with its marker, sees the skill, and is recorded', async () => {
    const sessions = await sessionsOf([['Bash', { command: 'echo hello > made' }], `I made it.\n${marker}`]);
    const { runSkill, world, model } = sessions;
    expect(await runSkill('/smoke-task make a file', { model: 'claude-sonnet-5-5' })).toMatchObject({
      success: true,
      result: 'I made it.',
      subtype: 'success',
      cli_subtype: 'success',
      exit_code: 0,
      kill_reason: 'natural_exit',
      token_usage: { input_tokens: 2, output_tokens: 2 },
      remarks: [],
    });
    expect(readFileSync(`${world.projectDir}/made`, 'utf8')).toBe('hello\n');
    expect(model.requests[0]).toContain('Do what the task says, and nothing beside it.');
    expect(indexedSessions(world)).toMatchObject([{ success: true, input_tokens: 2 }]);
    await leave(sessions);
  });

  it('asks once for missing output lines, in the same session', async () => {
    const sessions = await sessionsOf([
      ['Write', { file_path: 'report.md', content: '# A report' }],
      `I wrote it.\n${marker}`,
      `investigation_path = \${cwd}/report.md\n${marker}`,
    ]);
    expect(await sessions.runSkill('/investigate the cart')).toMatchObject({
      success: true,
      result: expect.stringMatching(/investigation_path = \/.*report\.md/),
    });
    expect(sessions.model.requests.at(-1)).toContain('I wrote it.');
    await leave(sessions);
  });

  it.each<readonly [string, readonly ModelTurn[], JsonObject]>([
    [
      'a missing marker: retriable, early_stop',
      ['I am done.'],
      { success: false, subtype: 'missing_completion_marker', needs_retry: true, retry_reason: 'early_stop' },
    ],
    [
      'a full context: retriable, resume',
      [['Bash', { command: 'true' }], { status: 400, error: 'prompt is too long: 210000 tokens > 200000 maximum' }],
      { success: false, subtype: 'context_exhausted', needs_retry: true, retry_reason: 'resume', exit_code: 1 },
    ],
    [
      'an API that does not know the model: failed, with what to do',
      [{ status: 404, error: 'model: claude-none' }],
      {
        success: false,
        subtype: 'adjudicated_failure',
        needs_retry: false,
        remarks: [expect.stringContaining('name another one in model')],
      },
    ],
  ])('reports %s', async (_, turns, answer) => {
    const sessions = await sessionsOf(turns, noRetries);
    expect(await sessions.runSkill('/smoke-task look')).toMatchObject(answer);
    await leave(sessions);
  });

  it('ends a session whose tool hangs at its deadline, with the tool: failed, timeout', async () => {
    const command = 'trap "" TERM; while :; do sleep 1; done';
    const sessions = await sessionsOf([['Bash', { command, timeout: 600_000 }]], { MAITRED_RUN_SKILL__TIMEOUT: '6' });
    expect(await sessions.runSkill('/smoke-task hang')).toMatchObject({
      success: false,
      subtype: 'timeout',
      needs_retry: false,
      kill_reason: 'infra_kill',
      stop_reason: 'timeout',
    });
    await leave(sessions);
  });

  it('ends a session whose API stops in the middle of an answer: retriable, stale', async () => {
    const sessions = await sessionsOf([{ stallsAfter: 'Half a' }]);
    expect(await sessions.runSkill('/smoke-task look', { idle_output_timeout: 5 })).toMatchObject({
      success: false,
      subtype: 'idle_stall',
      needs_retry: true,
      retry_reason: 'stale',
      stop_reason: 'idle',
    });
    await leave(sessions);
  });

  it.each([
    ['an overloaded API', overloaded],
    ['too many requests', { status: 429, error: 'Too many requests', headers: { 'retry-after': '3600' } }],
  ] as const)('pauses a session at %s, and ends it when the call is cancelled', async (_, turn) => {
    const sessions = await sessionsOf([turn], noRetries);
    const { startSkill, world } = sessions;
    const skill = startSkill('/smoke-task look');
    await expect.poll(() => skill.messages().at(-1)).toMatch(/^smoke-task is paused: a rate limit, until 20/);
    expect(commandsOf(markedProcesses(world)).filter((command) => command.includes('stream-json'))).toEqual([]);
    skill.cancel();
    await expect.poll(() => indexedSessions(world)).toMatchObject([{ success: false, subtype: 'cancelled' }]);
    await leave(sessions);
  });

  it('resumes a session when the limit that it has hit is reset', async () => {
    const resetsAt = Math.floor(Date.now() / 1_000) + 10;
    const limited: ModelTurn = {
      status: 429,
      error: 'This request would exceed your account’s rate limit.',
      headers: {
        'retry-after': '10',
        'anthropic-ratelimit-unified-status': 'rejected',
        'anthropic-ratelimit-unified-reset': String(resetsAt),
        'anthropic-ratelimit-unified-representative-claim': 'five_hour',
      },
    };
    const sessions = await sessionsOf([limited, `I am done.\n${marker}`], {
      // A limit of this kind is that of a subscription.
      ...noRetries,
      ANTHROPIC_API_KEY: '',
      CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-none',
    });
    const { startSkill, call } = sessions;
    const skill = startSkill('/smoke-task look');
    expect(await skill.answer()).toMatchObject({ success: true, result: 'I am done.' });
    expect(skill.messages()).toContainEqual(expect.stringMatching(/^smoke-task is paused/));
    expect(await call('get_quota_events', {})).toMatchObject({
      events: [{ event: 'rejected', window_name: 'five_hour' }],
    });
    await leave(sessions);
  });

  it('does not wait for a session that has completed and does not exit', async () => {
    const command = 'sleep 1000';
    const sessions = await sessionsOf([['Bash', { command, run_in_background: true }], `I am done.\n${marker}`]);
    expect(await sessions.runSkill('/smoke-task look')).toMatchObject({
      success: true,
      subtype: 'success',
      kill_reason: 'kill_after_completion',
    });
    await leave(sessions);
  });

  it('ends a session with its tools when the call is cancelled', async () => {
    const sessions = await sessionsOf([['Bash', { command: 'touch begun; exec sleep 1000' }]]);
    const { startSkill, world } = sessions;
    const skill = startSkill('/smoke-task look');
    await expect.poll(() => commandsOf(markedProcesses(world))).toContainEqual(expect.stringMatching(/^sleep 1000/));
    skill.cancel();
    await expect.poll(() => indexedSessions(world)).toMatchObject([{ success: false, subtype: 'cancelled' }]);
    expect(commandsOf(markedProcesses(world)).filter((command) => command.startsWith('sleep'))).toEqual([]);
    await leave(sessions);
  });
});
