import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { QuotaEvent } from '../../src/domain/agent-session/quota-event.ts';
import type { SessionState } from '../../src/domain/agent-session/session-state.ts';
import { noContract, type SkillContract } from '../../src/domain/agent-session/skill-contract.ts';
import { AppError } from '../../src/domain/app-error.ts';
import type { CallSpending } from '../../src/domain/recipe/run-spending.ts';
import { agentSessionMachine } from '../../src/machines/agent-session.machine.ts';
import type { SessionProgress } from '../../src/runners/agent-sessions.ts';
import type { AgentAdapter } from '../../src/services/agents/agent-adapter.ts';
import { createClaudeAdapter } from '../../src/services/agents/claude.ts';
import { createCommandAgent } from '../../src/services/agents/command.ts';
import { createScriptAgent } from '../../src/services/agents/script.ts';
import { createProcessTable } from '../../src/services/platform/process/create-process-table.ts';
import { createWorkerAgent, type WorkerKind } from '../fixtures/worker-agent.ts';
import { arrowsOf } from '../machines/stories.ts';
import { changeOpen, type Played, RealSessions, type Scene, type SessionMoment } from '../support/real-sessions.ts';

/* Every session here runs on real processes. All of them begin with the file, some at a time, and each test waits for its own. */

const sessions = new RealSessions();

const worker = (kind: WorkerKind, scene: Omit<Scene, 'adapter'> = {}) =>
  sessions.scene({ adapter: createWorkerAgent(kind), ...scene });

const begins: readonly SessionState[] = ['preparing', 'spawning'];
const ends: readonly SessionState[] = ['ending', 'adjudicating', 'recording', 'settled'];
const drained: readonly SessionState[] = [...begins, 'running', 'draining', ...ends];
const ended: readonly SessionState[] = [...begins, 'running', ...ends];

/**
 * In words: what ended the session and its process, which channel confirmed it, its subtype, and whether it may be tried again. An agent that exits
 * directly after its result has `completed`, or `exited` where its exit was seen first.
 */
function whatCameOf({ summary }: Played): string {
  const { ending, kill_reason, channel_confirmation, subtype, needs_retry, retry_reason } = summary ?? {};
  const hasExited = channel_confirmation === 'channel_a' && kill_reason === 'natural_exit';
  const retry = needs_retry ? [`retry: ${retry_reason}`] : [];
  return [hasExited ? 'exited' : ending, kill_reason, channel_confirmation, subtype, ...retry].join(', ');
}

/** No process is left, and the session has one folder and one line. */
function expectSettled({ left, folders }: Pick<Played, 'left' | 'folders'>) {
  expect(left).toEqual([]);
  expect(folders.running).toEqual([]);
  expect(folders.settled).toHaveLength(1);
  expect(folders.lines).toEqual(folders.settled);
}

const needsBash: SkillContract = { ...noContract, neededTools: ['Bash'] };
/** It goes on when its signs of life were looked for a third time: the first two looks have excused it. */
const busy = (() => {
  const table = createProcessTable();
  let looks = 0;
  let workDir = '';
  return worker('busy', {
    limits: { staleMs: 300 },
    onEvent: (_, { cwd }) => {
      workDir = cwd;
    },
    deps: {
      table: {
        ...table,
        read() {
          looks += 1;
          if (looks === 3) writeFileSync(join(workDir, 'go'), '');
          return table.read();
        },
      },
    },
  });
})();

/** A program that is no agent. */
const command = (script: string) =>
  sessions.scene({
    adapter: createCommandAgent({ command: [process.execPath, '-e', script], passed: [] }),
    marker: null,
  });

const hasSucceeded = 'exited, natural_exit, channel_a, success';

describe('A session', () => {
  it.each<readonly [string, () => Promise<Played>, string, readonly SessionState[]]>([
    ['succeeds', worker('succeeds'), hasSucceeded, drained],
    [
      'that never exits is ended at its deadline',
      worker('never-exits', { limits: { wallMs: 300 } }),
      'timedOut, infra_kill, unmonitored, timeout',
      ended,
    ],
    [
      'that exits without a result may be tried again',
      worker('exits-early'),
      'exited, natural_exit, unmonitored, unparseable, retry: empty_output',
      drained,
    ],
    [
      'that hangs after its result is ended, and has succeeded',
      worker('result-then-hangs', { limits: { exitGraceMs: 200 } }),
      'completed, kill_after_completion, channel_a, success',
      drained,
    ],
    [
      'that hangs in the middle of a line is silent',
      worker('hangs-in-line', { limits: { idleMs: 400 } }),
      'idle, infra_kill, unmonitored, idle_stall, retry: stale',
      ended,
    ],
    [
      'that says nothing at all is silent',
      worker('silent', { limits: { idleMs: 300 } }),
      'idle, infra_kill, unmonitored, idle_stall, retry: stale',
      ended,
    ],
    [
      'that talks without an end is not silent, and is ended at its deadline',
      worker('chatty', { limits: { idleMs: 30_000, wallMs: 500 } }),
      'timedOut, infra_kill, unmonitored, timeout',
      ended,
    ],
    [
      'that ignores SIGTERM is killed',
      worker('ignores-term', { limits: { wallMs: 300 } }),
      'timedOut, infra_kill, unmonitored, timeout',
      ended,
    ],
    ['leaves no process behind', worker('leaves-processes'), hasSucceeded, drained],
    ['may print 100 MB', worker('writes-100-mb'), hasSucceeded, drained],
    ['may print what is not UTF-8', worker('not-utf8'), hasSucceeded, drained],
    ['may end its lines with CRLF', worker('crlf'), hasSucceeded, drained],
    ['whose log lies in another folder succeeds by its stdout', worker('logs-elsewhere'), hasSucceeded, drained],
    [
      'whose result is lost succeeds by its log',
      worker('completes-in-log', { limits: { exitGraceMs: 200 } }),
      'completed, kill_after_completion, channel_b, success',
      drained,
    ],
    [
      'that names its marker before the end goes on, and has not succeeded',
      worker('plans-its-end', { limits: { wallMs: 1_200 } }),
      'timedOut, infra_kill, unmonitored, timeout',
      ended,
    ],
    [
      'of a program that exits with 0 because it is ended has not succeeded',
      sessions.scene({
        adapter: createCommandAgent({
          command: ['bash', '-c', 'trap "exit 0" TERM; echo begun; while :; do sleep 0.1; done'],
          passed: [],
        }),
        marker: null,
        limits: { wallMs: 500 },
      }),
      'timedOut, infra_kill, channel_a, error_during_execution',
      ended,
    ],
    [
      'whose stdout shows nothing of what its log shows may be tried again',
      worker('completes-only-in-log', { limits: { exitGraceMs: 200 } }),
      'completed, kill_after_completion, channel_b, unparseable, retry: drain_race',
      drained,
    ],
    ['may report its result twice', worker('result-twice'), hasSucceeded, drained],
    ['may name two session ids', worker('two-session-ids'), hasSucceeded, drained],
    ['may print a line of 10 MB', worker('long-line'), hasSucceeded, drained],
    ['may print a banner', worker('banner'), hasSucceeded, drained],
    ['may print records that nobody knows', worker('unknown-record'), hasSucceeded, drained],
    ['may remove its working directory', worker('removes-cwd'), hasSucceeded, drained],
    [
      'whose log does not grow is stale',
      worker('never-exits', { limits: { staleMs: 200 } }),
      'stale, infra_kill, unmonitored, stale, retry: stale',
      ended,
    ],
    ['whose log does not grow is not stale while a process of its own is busy', busy, hasSucceeded, drained],
    [
      'of a program succeeds with what that prints',
      command('console.log("done")'),
      'exited, natural_exit, channel_a, success',
      drained,
    ],
    [
      'of a program that fails has failed',
      command('console.log("done"); process.exit(3)'),
      'exited, natural_exit, channel_a, error_during_execution',
      drained,
    ],
    [
      'that has lost its tools is started once more',
      worker('loses-tools-once', { contract: needsBash, limits: { exitGraceMs: 200 } }),
      'completed, kill_after_completion, channel_b, success',
      [...begins, 'running', 'ending', 'adjudicating', 'spawning', 'running', 'draining', ...ends],
    ],
  ])('%s', async (_, play, what, states) => {
    const played = await play();
    expect(whatCameOf(played)).toBe(what);
    expect(played.states).toEqual(states);
    expect(played).toMatchObject({
      fault: null,
      report: { remarks: [], dirName: played.folders.settled[0] },
      logged: [],
    });
    expectSettled(played);
    // One of each process, taken when it has started.
    const snapshots = process.platform === 'linux' ? states.filter((state) => state === 'spawning').length : 0;
    expect(played.summary).toMatchObject({ snapshot_count: snapshots });
    // Of 100 MB too.
    expect(played.eventsSizeBytes).toBeLessThan(17 * 1_024 ** 2);
  });

  const losesTools = worker('loses-tools', { contract: needsBash });

  it('that has lost its tools again has failed, and names them', async () => {
    const played = await losesTools();
    expect(whatCameOf(played)).toBe('lostTools, infra_kill, unmonitored, lost_tools');
    expect(played.states).toEqual([
      ...begins,
      ...(['running', 'ending', 'adjudicating', 'spawning', 'running'] as const),
      ...ends,
    ]);
    expect(played.summary).toMatchObject({ remarks: ['It started without tools that its skill needs: Bash.'] });
    expectSettled(played);
  });

  const dies = worker('segfault');

  it('that dies of SIGSEGV has failed, and says so', async () => {
    const played = await dies();
    expect(whatCameOf(played)).toBe('exited, natural_exit, unmonitored, unparseable');
    expect(played.summary).toMatchObject({
      remarks: ['The process of the agent was ended by SIGSEGV; maitred did not send it.'],
    });
    expectSettled(played);
  });
});

/** Each turn of the worker has 110 tokens. */
const prices = {
  costUsd: async (usage: Readonly<Record<string, { readonly output_tokens: number }>>) =>
    Object.values(usage).reduce((sum, { output_tokens }) => sum + output_tokens / 1_000, 0),
  knows: async (model: string) => model === 'worker',
};
const noBudget = { turns: null, tokens: null, usd: null };

describe('A budget', () => {
  it.each([
    ['turns', worker('chatty', { budget: { ...noBudget, turns: 3 } }), { turns: 4 }],
    ['tokens', worker('chatty', { budget: { ...noBudget, tokens: 330 } }), { turns: 4 }],
    [
      'usd',
      worker('chatty', { model: 'worker', budget: { ...noBudget, usd: 0.03 }, deps: { prices } }),
      { cost_usd: 0.04 },
    ],
  ])('of %s ends a session that has spent it', async (kind, play, counts) => {
    const played = await play();
    expect(whatCameOf(played)).toBe(`budget, infra_kill, unmonitored, budget_${kind}`);
    expect(played.states).toEqual(ended);
    expect(played.report?.stopReason).toBe(`budget_${kind}`);
    for (const [count, least] of Object.entries(counts)) expect(played.summary?.[count]).toBeGreaterThanOrEqual(least);
    expectSettled(played);
  });

  const unpriced = worker('succeeds', { model: 'another', budget: { ...noBudget, usd: 1 }, deps: { prices } });

  it('in USD is refused before anything starts where the price of the model is unknown', async () => {
    const { fault, states, folders } = await unpriced();
    expect(fault).toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('model another is unknown'),
    });
    expect(states).toEqual(['preparing', 'settled']);
    expect(folders).toEqual({ running: [], settled: [], lines: [] });
  });

  const ofServer = sessions.begin(async () => {
    const deps = { serverBudget: { tokens: 300, usd: null } };
    const server = sessions.server({ adapter: createWorkerAgent('chatty'), deps });
    return [await server.play({}), await server.play({})] as const;
  });

  it('of the whole server ends a session, and lets no other one begin', async () => {
    const [first, second] = await ofServer();
    expect(whatCameOf(first)).toBe('budget, infra_kill, unmonitored, budget_server_tokens');
    expectSettled(first);
    expect(second.fault).toMatchObject({ code: 'forbidden', message: expect.stringContaining('server_tokens') });
    expect(second.states).toEqual(['preparing', 'settled']);
    expectSettled(second);
  });
});

describe('What a session has used', () => {
  const reporting = (scene: Scene) => {
    const spent: CallSpending[] = [];
    const play = sessions.scene({ ...scene, onSpending: (one) => spent.push(one) });
    return async () => {
      await play();
      return spent;
    };
  };
  const priced = { model: 'worker', deps: { prices } };
  const scriptFile = sessions.file(`
skills:
  default:
    - say: I work.
    - usage: { input_tokens: 200, output_tokens: 20 }
    - end: { result: "verdict = GO\\n\${marker}" }
`);
  const adapter = createScriptAgent({ scriptFile, passed: [] });
  const succeeds = reporting({ adapter, ...priced });
  const unpriced = reporting({ adapter });
  const isCancelled = reporting({
    adapter: createWorkerAgent('chatty'),
    ...priced,
    onEvent: ({ type }, { cancel }) => type === 'usage' && cancel(),
  });
  const notInstalled = reporting({ adapter: createClaudeAdapter({ file: 'no-such-claude' }), ...priced });
  const saysNothing = reporting({
    adapter: createCommandAgent({ command: [process.execPath, '-e', ''], passed: [] }),
    marker: null,
    ...priced,
  });

  it('is told while it runs, and last of all in full', async () => {
    const spent = await succeeds();
    expect(spent[0]).toEqual({ usd: 0, tokens: 0, turns: 0 });
    expect(spent.at(-1)).toEqual({ usd: expect.closeTo(0.02), tokens: 220, turns: 2 });
  });

  it('counts where it was cancelled', async () => {
    const [{ usd, tokens, turns } = { usd: null, tokens: 0, turns: 0 }] = (await isCancelled()).slice(-1);
    expect(turns).toBeGreaterThanOrEqual(1);
    expect(tokens).toBe(110 * turns);
    expect(usd).toBeCloseTo(turns / 100);
  });

  it('is 0 USD where its agent did not start, and unknown where its agent does not say or has no known price', async () => {
    expect((await notInstalled()).at(-1)).toEqual({ usd: 0, tokens: 0, turns: 0 });
    expect((await saysNothing()).at(-1)).toEqual({ usd: null, tokens: 0, turns: 0 });
    expect((await unpriced()).at(-1)).toEqual({ usd: null, tokens: 220, turns: 2 });
  });
});

/** Plays this script, in the working directory of the session. */
function scripted(
  script: string,
  scene: Omit<Scene, 'adapter'> = {},
  change: (adapter: AgentAdapter) => AgentAdapter = (agent) => agent,
) {
  const scriptFile = sessions.file(script);
  const adapter = createScriptAgent({ scriptFile, passed: [] });
  return sessions.scene({ adapter: change(adapter), ...scene });
}

const fires = ({ clock }: SessionMoment) => clock.fire(() => true);
const cancels = ({ cancel }: SessionMoment) => cancel();

const rejects = (limit: string) => `
skills:
  default:
    first:
      - limit: { status: rejected, window: five_hour${limit} }
      - end: { error: "API Error: 429", exit: 1 }
    resume:
      - end: { result: "done\\n\${marker}" }
`;
const resumed: readonly SessionState[] = [
  ...begins,
  'running',
  'draining',
  'ending',
  'adjudicating',
  'paused',
  'spawning',
  'running',
  'draining',
  ...ends,
];

describe('A session in a rate limit', () => {
  const quota: QuotaEvent[] = [];
  const reported: SessionProgress[] = [];
  const named = scripted(rejects(', resets_in: 1'), {
    on: { paused: fires },
    deps: { onQuota: (event) => quota.push(event) },
    onProgress: (progress) => reported.push(progress),
  });
  const told: QuotaEvent[] = [];
  const warnings = [...Array(120).keys()].map(
    (step) => `    - limit: { status: warning, window: w${Math.floor(step / 2)} }\n`,
  );
  const often = scripted(`skills:\n  default:\n${warnings.join('')}    - end: { result: "done\\n\${marker}" }\n`, {
    deps: { onQuota: (event) => told.push(event) },
  });
  const unnamed = scripted(rejects(''), { on: { paused: fires } });
  const cancelled = scripted(rejects(''), { on: { paused: cancels } });
  const tooLong = scripted(rejects(', resets_in: 3600'), { limits: { pausedMs: 60_000 } });

  it('has what it is told noted once each, and at most 50 times', async () => {
    expect(whatCameOf(await often())).toBe(hasSucceeded);
    expect(told.map(({ window }) => window)).toEqual([...Array(50).keys()].map((name) => `w${name}`));
  });

  it('is paused until the reset that was named, and then goes on', async () => {
    const played = await named();
    expect(whatCameOf(played)).toBe(hasSucceeded);
    expect(played.states).toEqual(resumed);
    const [, pauseMs = 0] = played.limits.find(([state]) => state === 'paused') ?? [];
    expect(pauseMs).toBeGreaterThan(4_000);
    expect(pauseMs).toBeLessThanOrEqual(6_000);
    expect(
      new Set(reported.filter(({ state }) => state === 'paused').map(({ pausedUntilMs }) => typeof pausedUntilMs)),
    ).toEqual(new Set(['number']));
    expect(reported.filter(({ state, pausedUntilMs }) => state !== 'paused' && pausedUntilMs !== null)).toEqual([]);
    expect(reported.at(-1)).toMatchObject({ state: 'recording', turns: 1, toolInUse: null, tokens: 0 });
    const sessionId = played.summary?.session_id;
    expect(quota).toMatchObject([{ status: 'rejected', window: 'five_hour', sessionId }]);
    expectSettled(played);
  });

  it('is paused for half a minute where no reset was named', async () => {
    const played = await unnamed();
    expect(whatCameOf(played)).toBe(hasSucceeded);
    expect(played.states).toEqual(resumed);
    expect(played.limits).toContainEqual(['paused', 30_000, 30_000]);
    expect(played.summary).toMatchObject({ paused_seconds: 30 });
    expect(played.summary?.running_seconds).toBeLessThan(30);
    expectSettled(played);
  });

  it('is cancelled while it is paused', async () => {
    const played = await cancelled();
    expect(played.fault?.message).toBe('nobody needs it');
    expect(whatCameOf(played)).toBe('cancelled, natural_exit, unmonitored, cancelled');
    expect(played.states.slice(-4)).toEqual(['paused', 'adjudicating', 'recording', 'settled']);
    expectSettled(played);
  });

  it('is over where the limit lasts longer than all pauses may', async () => {
    const played = await tooLong();
    expect(whatCameOf(played)).toBe('exited, natural_exit, unmonitored, error_during_execution');
    expect(played.states).toEqual(drained);
    expectSettled(played);
  });
});

const plan: SkillContract = {
  ...noContract,
  outputs: [{ name: 'plan_path', type: 'text', isRequired: true, pattern: 'plan_path = .+' }],
  writes: 'always',
};
const nudges = (nudge: string) => `
skills:
  default:
    first:
      - write: { file: plan.md, text: "# Plan" }
      - end: { result: "done\\n\${marker}" }
    nudge:
      - ${nudge}
`;
const nudged: readonly SessionState[] = [
  ...begins,
  'running',
  'draining',
  'ending',
  'adjudicating',
  'nudging',
  ...ends,
];

describe('A session that has not printed its output lines', () => {
  const answers = scripted(nudges(`end: { result: "plan_path = plan.md\\n\${marker}" }`), { contract: plan });
  const hangs = scripted(nudges('hang: true'), { contract: plan, limits: { nudgeMs: 400 } });
  const cancelled = scripted(nudges('hang: true'), { contract: plan, on: { nudging: cancels } });
  const cannot = scripted(nudges('hang: true'), { contract: plan }, (adapter) => ({
    ...adapter,
    command(spec, round, place) {
      if (round.kind === 'nudge') throw new AppError('not_found', 'The agent is not installed any more.');
      return adapter.command(spec, round, place);
    },
  }));

  it('is asked for them, and succeeds', async () => {
    const played = await answers();
    expect(whatCameOf(played)).toBe(hasSucceeded);
    expect(played.states).toEqual(nudged);
    expect(played.report?.outcome.result).toContain('plan_path = plan.md');
    expectSettled(played);
  });

  it.each([
    ['hangs then', hangs],
    ['is cancelled then', cancelled],
    ['cannot be asked', cannot],
  ])('may be tried again where it %s', async (_, play) => {
    const played = await play();
    expect(whatCameOf(played)).toBe('exited, natural_exit, channel_a, adjudicated_failure, retry: contract_recovery');
    expect(played.states).toEqual(nudged);
    expect(played.fault).toBeNull();
    expectSettled(played);
  });
});

describe('A session that is cancelled', () => {
  const cancelledIn = (state: SessionState, kind: WorkerKind, scene: Omit<Scene, 'adapter'> = {}) =>
    worker(kind, { ...scene, on: { ...scene.on, [state]: cancels } });
  const whilePreparing = cancelledIn('preparing', 'succeeds');

  it('while it is prepared leaves nothing', async () => {
    const { fault, states, folders, left } = await whilePreparing();
    expect(fault?.message).toBe('nobody needs it');
    expect(states).toEqual(['preparing', 'settled']);
    expect([folders, left]).toEqual([{ running: [], settled: [], lines: [] }, []]);
  });

  it.each([
    ['while its process starts', cancelledIn('spawning', 'never-exits'), ['preparing', 'spawning', ...ends]],
    ['while it runs', cancelledIn('running', 'ignores-term'), ended],
  ])('%s is ended, and recorded as cancelled', async (_, play, states) => {
    const played = await play();
    expect(played.fault?.message).toBe('nobody needs it');
    expect(whatCameOf(played)).toBe('cancelled, infra_kill, unmonitored, cancelled');
    expect(played.states).toEqual(states);
    expectSettled(played);
  });

  it.each([
    [
      'exit',
      cancelledIn('draining', 'result-then-hangs'),
      'completed, kill_after_completion, channel_a, success',
      drained,
    ],
    [
      'processes to end',
      cancelledIn('ending', 'never-exits', { on: { running: fires } }),
      'timedOut, infra_kill, unmonitored, timeout',
      ended,
    ],
    ['outcome to be decided', cancelledIn('adjudicating', 'succeeds'), hasSucceeded, drained],
    ['files to be written', cancelledIn('recording', 'succeeds'), hasSucceeded, drained],
  ])('while it waits for its %s has the outcome that it has', async (_, play, what, states) => {
    const played = await play();
    expect(whatCameOf(played)).toBe(what);
    expect(played.states).toEqual(states);
    expect(played.fault).toBeNull();
    expectSettled(played);
  });
});

describe('A session whose server', () => {
  const draining = sessions.begin(async () => {
    const server = sessions.server({ adapter: createWorkerAgent('works-until-told') });
    const [ended, shutdown] = [new AbortController(), new AbortController()];
    const isDraining = new Promise<void>((resolve) => shutdown.signal.addEventListener('abort', () => resolve()));
    const first = server.play({
      onEvent: ({ type }, { cwd }) =>
        type === 'usage' && void isDraining.then(() => writeFileSync(join(cwd, 'go'), '')),
    });
    const second = server.play({});
    void first.then(() => ended.abort());
    const drained = server.runner.drain(60_000, ended.signal);
    shutdown.abort();
    await drained;
    return { first: await first, second: await second, left: server.left(), folders: server.folders() };
  });
  const refused = worker('succeeds', { deps: { isShuttingDown: () => true } });

  it('shuts down may finish for a while, and is then cancelled', async () => {
    const { first, second, left, folders } = await draining();
    expect(first.report?.outcome.kind).toBe('succeeded');
    expect(second.report).toMatchObject({ ending: 'cancelled', outcome: { subtype: 'cancelled' } });
    expect(left).toEqual([]);
    expect(folders).toMatchObject({ running: [], settled: { length: 2 }, lines: { length: 2 } });
  });

  it('is shutting down does not begin', async () => {
    const { fault, states } = await refused();
    expect([fault?.code, states]).toEqual(['unavailable', []]);
  });
});

describe('A session that', () => {
  const notInstalled = sessions.scene({ adapter: createClaudeAdapter({ file: 'no-such-claude' }) });
  const notThere = worker('succeeds', {
    deps: { place: { env: {}, homeDir: '/', execPath: '/no/such/node', programDir: '/' } },
  });

  const ofStep = worker('succeeds', { stepKey: 'run-1/plan/1/0' });

  it('a step of a recipe run asked for is recorded with the key of the step', async () => {
    expect((await ofStep()).summary).toMatchObject({ step_key: 'run-1/plan/1/0' });
  });

  it('has no agent says how to install it, and is recorded as not started', async () => {
    const played = await notInstalled();
    expect(played.fault).toMatchObject({ code: 'not_found', message: expect.stringContaining('npm install -g') });
    expect(whatCameOf(played)).toBe('notStarted, not_applicable, unmonitored, not_started');
    expect(played.states).toEqual(['preparing', 'spawning', ...ends]);
    expect(played.summary).toMatchObject({ remarks: [played.fault?.message] });
    expectSettled(played);
  });

  it('has an agent whose program is gone is recorded as not started', async () => {
    const played = await notThere();
    expect(played.fault).toMatchObject({ code: 'not_found', message: expect.stringContaining('/no/such/node') });
    expect(whatCameOf(played)).toBe('notStarted, not_applicable, unmonitored, not_started');
    expectSettled(played);
  });

  const skillDirs: (readonly string[])[] = [];
  const inner = createWorkerAgent('succeeds');
  const withSkills = sessions.scene({
    adapter: {
      ...inner,
      command(spec, round, place) {
        skillDirs.push([place.sessionDir, ...spec.skillDirs]);
        return inner.command(spec, round, place);
      },
    },
    fillDir: async (dir) => [`${dir}/skills`],
  });
  const withoutSkills = worker('succeeds', {
    fillDir: () => Promise.reject(new AppError('invalid_input', 'There is no such skill.')),
  });

  it('sees the skills that were put into its folder', async () => {
    const played = await withSkills();
    const [[dir] = []] = skillDirs;
    expect(skillDirs).toEqual([[dir, `${dir}/skills`]]);
    expectSettled(played);
  });

  it('cannot have its skills leaves nothing', async () => {
    const { fault, states, folders } = await withoutSkills();
    expect([fault?.code, states]).toEqual(['invalid_input', ['preparing', 'settled']]);
    expect(folders).toEqual({ running: [], settled: [], lines: [] });
  });

  const snapshot = { folder: '/source', head: 'abc', branch: 'main', isClean: true, changes: [] };
  const contaminates = worker('exits-early', {
    contract: { ...noContract, makesWorktree: true },
    deps: {
      sourceClones: {
        snapshot: async () => snapshot,
        revert: async (before, isShared) => ({
          isContaminated: true,
          isReverted: before === snapshot && !isShared,
          remarks: ['It was set back.'],
        }),
      },
    },
  });

  it('has changed the source clone and made no worktree may be tried again, with a clean clone', async () => {
    const played = await contaminates();
    expect(whatCameOf(played)).toBe('exited, natural_exit, unmonitored, unparseable, retry: clone_contamination');
    expect(played.report?.remarks).toEqual(['It was set back.']);
    expect(played.summary).toMatchObject({ clone_contamination_reverted: true });
    expectSettled(played);
  });

  const onFullDisk = worker('succeeds', {
    wrapStore: changeOpen((open) => ({
      settle: async () => {
        await open.discard();
        throw new AppError('unavailable', 'The disk is full.');
      },
    })),
  });
  const cannotBegin = worker('succeeds', {
    wrapStore: () => ({ begin: () => Promise.reject(new AppError('unavailable', 'The disk is full.')) }),
  });

  it('cannot be recorded reports its outcome, and says so', async () => {
    const { report, fault, states, logged, left } = await onFullDisk();
    expect(report).toMatchObject({
      outcome: { kind: 'succeeded' },
      dirName: null,
      remarks: ['The files of the session could not be written: The disk is full.'],
    });
    expect([fault, states, logged, left]).toEqual([null, drained, ['session_not_recorded'], []]);
  });

  it('cannot begin to be recorded does not start', async () => {
    const { fault, states } = await cannotBegin();
    expect([fault?.code, states]).toEqual(['unavailable', ['preparing', 'settled']]);
  });
});

describe('The limit of a state', () => {
  const firesIn = (state: SessionState, kind: WorkerKind, scene: Omit<Scene, 'adapter'> = {}) =>
    worker(kind, { ...scene, on: { ...scene.on, [state]: fires } });
  let release: () => void = () => undefined;
  const released = new Promise<readonly string[]>((resolve) => {
    release = () => resolve([]);
  });
  const preparing = firesIn('preparing', 'succeeds', { fillDir: () => released, on: { settled: () => release() } });
  const spawning = firesIn('spawning', 'never-exits');
  const recorded = [
    firesIn('running', 'never-exits'),
    firesIn('draining', 'result-then-hangs'),
    firesIn('adjudicating', 'succeeds'),
    worker('succeeds', { on: {} }),
  ];

  it('ends a session that cannot be prepared, and nothing of it is left', async () => {
    const { fault, states, folders } = await preparing();
    expect([fault?.code, states]).toEqual(['timed_out', ['preparing', 'settled']]);
    expect(folders).toEqual({ running: [], settled: [], lines: [] });
  });

  it('ends a process that takes too long to start', async () => {
    const played = await spawning();
    expect(played.fault).toMatchObject({ code: 'timed_out', message: expect.stringContaining('to start') });
    expect(whatCameOf(played)).toBe('notStarted, infra_kill, unmonitored, not_started');
    expectSettled(played);
  });

  it('is the same in the record of a session as in its chart', async () => {
    for (const play of recorded) {
      const { limits, states } = await play();
      expect(limits.map(([state]) => state)).toEqual(
        states.filter((state) => state !== 'preparing' && state !== 'settled'),
      );
      for (const [state, ofRecord, ofChart] of limits) expect([state, ofRecord]).toEqual([state, Math.trunc(ofChart)]);
    }
  });

  const late = sessions.begin(async () => {
    const server = sessions.server({ adapter: createWorkerAgent('ignores-term') });
    const ending = await server.play({ on: { running: fires, ending: fires } });
    await expect.poll(server.left).toEqual([]);
    const other = sessions.server({ adapter: createWorkerAgent('succeeds') });
    const recording = await other.play({ on: { recording: fires } });
    await expect.poll(other.folders).toMatchObject({ running: [], settled: { length: 1 }, lines: { length: 1 } });
    return { ending, recording };
  });

  it('does not hide an outcome that is known', async () => {
    const { ending, recording } = await late();
    expect(whatCameOf(ending)).toBe('timedOut, infra_kill, unmonitored, timeout');
    expect(ending).toMatchObject({ fault: null, report: { remarks: [expect.stringContaining('too long to end')] } });
    expect(recording).toMatchObject({
      fault: null,
      report: { outcome: { kind: 'succeeded' }, remarks: [expect.stringContaining('too long to be recorded')] },
    });
  });
});

describe('The clock of the machine', () => {
  const aDayMs = 86_400_000;

  it('may jump while a session runs: no limit fires early or late', async () => {
    onTestFinished(() => void vi.useRealTimers());
    vi.useFakeTimers({ toFake: ['Date'] });
    const jump = (ms: number) => () => void vi.setSystemTime(Date.now() + ms);
    const limits = { wallMs: 30_000, idleMs: 30_000, staleMs: 30_000 };
    let turns = 0;
    const early = sessions.server({ adapter: createWorkerAgent('works-until-told') }).play({
      limits,
      onEvent({ type }, { cwd }) {
        if (type === 'usage') turns += 1;
        if (turns === 2) jump(aDayMs)();
        if (turns === 10) writeFileSync(join(cwd, 'go'), '');
      },
    });
    expect(whatCameOf(await early)).toBe(hasSucceeded);
    const late = sessions.server({ adapter: createWorkerAgent('chatty') }).play({
      limits: { ...limits, wallMs: 400 },
      onEvent: ({ type }) => type === 'init' && jump(-2 * aDayMs)(),
    });
    const { summary, ...played } = await late;
    expect(whatCameOf({ ...played, summary })).toBe('timedOut, infra_kill, unmonitored, timeout');
    expect(summary?.running_seconds).toBeLessThan(30);
    expect(summary?.duration_seconds).toBeGreaterThanOrEqual(0);
  });
});

/** What fails in these is code of ours. */
const onlyByDefects = [
  'waitForExit',
  'waitForResult',
  'waitForCompletion',
  'waitForSilence',
  'waitForStaleLog',
  'waitForLostTools',
  'waitForSpentBudget',
  'drainChannels',
  'endAgent',
  'adjudicate',
  'recordOutcome',
].map((work) => new RegExp(`xstate\\.error\\.actor\\.${work},`));

it('Real sessions take every arrow of the chart but those of defects', () => {
  const isNotTaken = (arrow: string) => !sessions.arrows.has(arrow);
  const left = arrowsOf(agentSessionMachine.root).filter(isNotTaken);
  expect(left.filter((arrow) => !onlyByDefects.some((defect) => defect.test(arrow)))).toEqual([]);
  expect(left).toHaveLength(onlyByDefects.length);
});
