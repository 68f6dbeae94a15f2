import { describe, expect, it } from 'vitest';
import type { SessionOutcome } from '../../../src/domain/agent-session/session-outcome.ts';
import type { AgentSessionSpec } from '../../../src/domain/agent-session/session-spec.ts';
import { noContract, type SkillContract } from '../../../src/domain/agent-session/skill-contract.ts';
import { AppError } from '../../../src/domain/app-error.ts';
import { type Config, configSchema } from '../../../src/domain/config.schema.ts';
import type { AgentSessionOptions, AgentSessionReport, SessionProgress } from '../../../src/runners/agent-sessions.ts';
import type { StepSession } from '../../../src/services/state/agent-sessions/step-sessions.ts';
import { runSkill } from '../../../src/tools/execution/run-skill.ts';
import { aSkillResult, aStepKey } from '../../doubles/agent-sessions.ts';
import { aScope, aStatus, aWorkspace, callTool } from '../../doubles/tool-calls.ts';

const report: AgentSessionReport = {
  outcome: {} as SessionOutcome,
  result: aSkillResult({ result: 'plan_path = /real/shop/plan.md', session_id: '0af3', token_usage: null }),
  ending: 'exited',
  stopReason: null,
  costUsd: 0.25,
  dirName: '0af3',
  remarks: [],
};

const contract: SkillContract = { ...noContract, writes: 'always' };

interface Given {
  readonly args?: object;
  readonly settings?: object;
  readonly ends?: Partial<AgentSessionReport>;
  readonly progress?: readonly SessionProgress[];
  /** What the gate throws. */
  readonly refusal?: AppError;
  readonly asStep?: boolean;
}

/** Calls run_skill; `ran` has the sessions that were asked for. */
async function call({ args = {}, settings = {}, ends = {}, progress = [], refusal, asStep = false }: Given) {
  const ran: { spec: AgentSessionSpec; options: AgentSessionOptions; dirs: readonly string[] | undefined }[] = [];
  const gated: unknown[] = [];
  const spent: unknown[] = [];
  const scope = aScope();
  const answer = await callTool(
    runSkill,
    { skill_command: '/make-plan add a search box', cwd: '/shop', ...args },
    {
      agentSessions: {
        async run(spec, options) {
          ran.push({ spec, options, dirs: await options.fillDir?.('/state/agent-sessions/s.1') });
          for (const one of progress) options.onProgress?.(one);
          options.onSpending?.({ usd: null, tokens: 12, turns: 1 });
          return { ...report, ...ends };
        },
      },
      skills: {
        resolve: (command) => ({ name: 'make-plan', contract, prompt: command.replace('/maitred:', '/') }),
        checkGate(...asked) {
          gated.push(asked);
          if (refusal !== undefined) throw refusal;
        },
        prepare: async ({ sessionDir, cwd }) => ({
          name: 'make-plan',
          contract,
          prompt: '',
          skillDirs: [`${sessionDir}/skills of ${cwd}`],
        }),
      },
      settings: configSchema.parse(settings) as Config,
      workspace: aWorkspace,
      status: aStatus(),
      stepSessions: { find: () => Promise.reject(new Error('nothing to find')) },
    },
    asStep ? { ...scope, step: { key: aStepKey, onSpending: (one) => void spent.push(one) } } : scope,
  );
  const [session] = ran;
  return { answer, gated, reports: scope.reports, spent, spec: session?.spec, dirs: session?.dirs };
}

describe('run_skill', () => {
  it('runs the skill in the resolved folder, with the directives and what the skill promises', async () => {
    const { spec, dirs } = await call({ args: { step_name: 'plan', order_id: '7' } });
    expect(spec).toMatchObject({
      agent: 'claude',
      skillCommand: '/make-plan add a search box',
      cwd: '/real/shop',
      contract,
      model: 'sonnet',
      stepName: 'plan',
      orderId: '7',
      budget: { turns: null, tokens: null, usd: null },
    });
    expect(spec?.marker).toMatch(/^%%ORDER_UP::[\da-f]{8}%%$/);
    expect(spec?.prompt).toMatch(/^\/make-plan add a search box\n\n/);
    expect(spec?.prompt).toContain(`\n${spec?.marker}\n`);
    expect(spec?.prompt).toContain('/real/shop');
    expect(dirs).toEqual(['/state/agent-sessions/s.1/skills of /real/shop']);
  });

  it('asks each session for another line at its end', async () => {
    const [first, second] = [await call({}), await call({})];
    expect(first.spec?.marker).not.toBe(second.spec?.marker);
  });

  it('asks a plain command for no line at its end', async () => {
    const { spec } = await call({ settings: { run_skill: { agent: 'command', command: ['agent'] } } });
    expect([spec?.marker, spec?.prompt.includes('%%')]).toEqual([null, false]);
  });

  it.each([
    ['of the call', { model: 'opus' }, {}, 'opus'],
    ['of the settings where the call names none', {}, { model: { default: 'haiku' } }, 'haiku'],
    ['of the agent where nothing names one', {}, { model: { default: null } }, null],
    ['that overrides all others', { model: 'opus' }, { model: { override: 'haiku' } }, 'haiku'],
  ])('uses the model %s', async (_, args, settings, model) => {
    expect((await call({ args, settings })).spec?.model).toBe(model);
  });

  it('takes its limits from the settings', async () => {
    const { spec } = await call({
      settings: {
        run_skill: {
          timeout: 100,
          stale_threshold: 0,
          idle_output_timeout: 20,
          max_suppression_seconds: 30,
          completion_drain_timeout: 4,
          natural_exit_grace_seconds: 1,
          exit_after_stop_delay_ms: 2_000,
          max_pause_seconds: 50,
          budget_turns: 5,
          budget_tokens: 6,
          budget_usd: 7.5,
        },
      },
    });
    expect(spec?.limits).toEqual({
      wallMs: 100_000,
      idleMs: 20_000,
      staleMs: null,
      suppressionMs: 30_000,
      drainMs: 4_000,
      // Half a second more than Claude Code waits itself.
      exitGraceMs: 2_500,
      nudgeMs: 60_000,
      pausedMs: 50_000,
    });
    expect(spec?.budget).toEqual({ turns: 5, tokens: 6, usd: 7.5 });
  });

  it.each([
    ['lets a call set other limits', { stale_threshold: 5, idle_output_timeout: 6 }, [5_000, 6_000]],
    ['lets a call watch neither', { stale_threshold: 0, idle_output_timeout: 0 }, [null, null]],
    ['takes the settings where a call says null', { stale_threshold: null }, [1_200_000, 600_000]],
  ])('%s', async (_, args, expected) => {
    const { spec } = await call({ args });
    expect([spec?.limits.staleMs, spec?.limits.idleMs]).toEqual(expected);
  });

  it('runs nothing where the plan has not been verified, and asks for no verification where the settings say so', async () => {
    const refusal = new AppError('forbidden', 'the plan has not been verified');
    await expect(call({ refusal })).rejects.toBe(refusal);
    const { gated } = await call({});
    expect(gated).toEqual([
      [
        '/make-plan add a search box',
        {
          skillNames: ['/implement-worktree', '/implement-worktree-no-merge'],
          marker: 'Dry-walkthrough verified = TRUE',
        },
        '/real/shop',
      ],
    ]);
    expect((await call({ refusal, settings: { safety: { require_dry_walkthrough: false } } })).gated).toEqual([]);
  });

  it('answers with the result, the limit that ended it, its cost, and where its files are', async () => {
    const { answer } = await call({ ends: { stopReason: 'idle', remarks: ['Log in.'] } });
    expect(answer).toEqual({
      ...report.result,
      stop_reason: 'idle',
      cost_usd: 0.25,
      session_dir: '/state/logs/sessions/0af3',
      remarks: ['Log in.'],
    });
    expect((await call({ ends: { dirName: null, costUsd: null } })).answer).toMatchObject({
      session_dir: null,
      cost_usd: null,
    });
  });

  it('lists some of many paths outside the folder, and says how many there are', async () => {
    const warnings = Array.from({ length: 21 }, (_, at) => `/elsewhere/${at}`);
    const { answer } = await call({ ends: { result: { ...report.result, write_path_warnings: warnings } } });
    expect(answer.write_path_warnings).toEqual(warnings.slice(0, 20));
    expect(answer.remarks).toEqual(['21 paths outside cwd; not all are listed.']);
  });

  it('reports what the session does', async () => {
    const running: SessionProgress = {
      state: 'running',
      elapsedMs: 65_000,
      turns: 3,
      toolInUse: 'Bash',
      tokens: 12_345,
      costUsd: 0.256,
      pausedUntilMs: null,
    };
    const { reports } = await call({
      progress: [
        { ...running, state: 'preparing' },
        running,
        { ...running, toolInUse: null, costUsd: null },
        { ...running, toolInUse: `\u001b[2J${'x'.repeat(4_000)}`, costUsd: null },
        { ...running, state: 'paused', pausedUntilMs: Date.parse('2026-11-30T12:00:00Z') },
        { ...running, state: 'nudging' },
      ],
    });
    expect(reports).toEqual([
      'make-plan is prepared',
      'make-plan runs for 1 min 5 s, 3 turns, 12,345 tokens, 0.26 USD, in Bash',
      'make-plan runs for 1 min 5 s, 3 turns, 12,345 tokens',
      `make-plan runs for 1 min 5 s, 3 turns, 12,345 tokens, in \\u001b[2J${'x'.repeat(76)}`,
      'make-plan is paused: a rate limit, until 2026-11-30T12:00:00.000Z',
      'make-plan is asked for missing output lines',
    ]);
  });
});

describe('run_skill as a step of a recipe run', () => {
  it('keeps the key of the step with the session, and says what it uses', async () => {
    const { spec, spent } = await call({ asStep: true });
    expect(spec?.stepKey).toBe(aStepKey);
    expect(spent).toEqual([{ usd: null, tokens: 12, turns: 1 }]);
    expect((await call({})).spec?.stepKey).toBeNull();
  });

  const answer = { ...aSkillResult(), stop_reason: null, cost_usd: 0.25, remarks: ['Log in.'] };
  const spent = { usd: 0.25, tokens: 1_540, turns: 2 };
  const settled = (change = {}): StepSession => ({
    state: 'settled',
    dirName: '0af3',
    answer: { ...answer, write_path_warnings: [], ...change } as Extract<StepSession, { state: 'settled' }>['answer'],
    spent,
  });
  const adopt = (session: StepSession) => {
    const services = { stepSessions: { find: async () => session }, status: aStatus() };
    return runSkill.adopt?.({} as never, services as unknown as Parameters<typeof runSkill.handler>[1], aStepKey);
  };

  it('whose server was killed has the answer of the session that was recorded', async () => {
    const result = aSkillResult();
    const ends = { result, costUsd: 0.25, remarks: ['Log in.'] };
    expect(await adopt(settled())).toEqual({ state: 'done', output: (await call({ ends })).answer, spent });
  });

  it.each(['success', 'recovered_from_crash', 'timeout', 'adjudicated_failure', 'zero_writes'])(
    'is done where its session ended with %s',
    async (subtype) => {
      expect(await adopt(settled({ subtype }))).toMatchObject({ state: 'done', output: { subtype } });
    },
  );

  it.each(['crashed', 'cancelled', 'not_started'])('is called again where its session was %s', async (subtype) => {
    expect(await adopt(settled({ subtype }))).toEqual({ state: 'again', spent });
  });

  it('is called again where its session had not begun, and is unknown where it cannot be read', async () => {
    expect(await adopt({ state: 'none' })).toEqual({ state: 'again' });
    expect(await adopt({ state: 'unknown' })).toEqual({ state: 'unknown' });
  });
});
