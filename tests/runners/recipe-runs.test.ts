import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AppError } from '../../src/domain/app-error.ts';
import type { JsonObject } from '../../src/domain/json-object.ts';
import { type LogRecord, logThrough } from '../../src/domain/log-record.ts';
import type { RecipeGraph } from '../../src/domain/recipe/recipe-graph.ts';
import type { RunBudgets } from '../../src/domain/recipe/run-spending.ts';
import type { Adoption } from '../../src/domain/recipe-run/adoption.ts';
import type { GateAnswer, JournalRecord } from '../../src/domain/recipe-run/journal-record.ts';
import type { LiveRun, OpenGate } from '../../src/domain/recipe-run/live-run.ts';
import { createRedactor } from '../../src/domain/redact.ts';
import type { StepToolCall, StepToolOutcome } from '../../src/runners/recipe-runs.ts';
import { createRecipeRunner } from '../../src/runners/run-recipes.ts';
import { createJournals } from '../../src/services/journal/journals.ts';
import { openRunJournal } from '../../src/services/journal/run-journal.ts';
import { readOwnUid } from '../../src/services/platform/own-uid.ts';
import { checkResult } from '../../src/services/recipes/check-result.ts';
import { tempFolder } from '../doubles/temp-folder.ts';
import { graphOf, type Steps } from '../fixtures/recipe-graph.ts';

/** plan → (ask) → work, which can fail and be repeated. */
const steps: Steps = {
  plan: {
    tool: 'run_skill',
    with: { skill_command: '/plan', cwd: '/p' },
    capture: { plan: `\${{ result.plan }}` },
    on_success: 'ask',
    on_failure: 'lost',
  },
  ask: { action: 'confirm', message: `Do \${{ context.plan }}?`, on_success: 'work', on_failure: 'refused' },
  work: {
    tool: 'run_cmd',
    with: { cmd: `do \${{ context.plan }}`, cwd: '/p' },
    on_success: 'end',
    on_failure: 'plan',
    max_visits: 2,
    on_exceeded: 'lost',
  },
  end: { action: 'stop', message: 'It is done.', output: { plan: `\${{ context.plan }}` } },
  refused: { action: 'stop', message: 'A person refused.' },
  lost: { action: 'stop', message: 'It failed.' },
};

type Answer = (call: StepToolCall) => Promise<StepToolOutcome> | StepToolOutcome;

const planned: Answer = () => ({ output: { success: true, plan: 'A' } });

/** A host whose tools answer on command; several can share a folder, as processes do. */
function aHost({ runsDir = `${tempFolder()}/runs`, serverId = 'server-a', living = new Set([serverId]) } = {}) {
  living.add(serverId);
  const calls: StepToolCall[] = [];
  const logged: LogRecord[] = [];
  const gates: OpenGate[] = [];
  const world = {
    isShuttingDown: false,
    recipeText: 'name: small\n' as string | null,
    graph: graphOf(steps),
    answers: { run_skill: planned, run_cmd: () => ({ output: { success: true } }) } as Record<string, Answer>,
    adoption: { state: 'unknown' } as Adoption,
    adopted: [] as string[],
  };
  const journals = createJournals({ runsDir, ownUid: readOwnUid(), isOwnerAlive: (id) => living.has(id) });
  const runner = createRecipeRunner({
    serverId,
    log: logThrough((record) => logged.push(record)),
    redact: createRedactor(['very-secret-value']),
    journals,
    openJournal: openRunJournal,
    compile: () => world.graph,
    readRecipeText: () => world.recipeText,
    async callTool(call) {
      calls.push(call);
      return (await world.answers[call.tool]?.(call)) ?? { output: { success: true } };
    },
    async adopt({ key }) {
      world.adopted.push(key);
      return world.adoption;
    },
    checkResult,
    ensureServerRecord: () => undefined,
    isShuttingDown: () => world.isShuttingDown,
    onGateOpened: (_, gate) => gates.push(gate),
    register: () => undefined,
    follow: () => undefined,
  });
  onTestFinished(async () => {
    world.isShuttingDown = true;
    if (living.has(serverId)) await runner.drain(0, new AbortController().signal);
  });
  const start = (given: { graph?: RecipeGraph; inputs?: JsonObject; budgets?: RunBudgets } = {}) =>
    runner.start({
      recipe: { name: 'small', path: '/p/small.yaml', text: 'name: small\n' },
      graph: world.graph,
      inputs: {},
      budgets: {},
      cwd: '/p',
      startedBy: 'a test',
      ...given,
    });
  const resume = (runId: string, budgets: RunBudgets = {}, acceptsChanges = false) =>
    runner.resume(runId, { budgets, acceptsChanges, who: 'ann' });
  /** As a process that is killed: nothing more is written, and its runs have no owner. */
  const kill = () => living.delete(serverId);
  const story = async (runId: string) => (await journals.read(runId)).records.map(lineOf);
  return { runner, journals, calls, logged, gates, world, start, resume, kill, story, runsDir, living };
}

/** A record in a few words. */
function lineOf(record: JournalRecord): string {
  switch (record.k) {
    case 'entered':
      return `entered ${record.key.split('/').slice(1).join('/')}`;
    case 'settled':
      return `settled ${record.step}: ${record.kind} → ${record.route}`;
    case 'skipped':
      return `skipped ${record.step} → ${record.route}`;
    case 'gate_opened':
      return `gate_opened ${record.step}`;
    case 'gate_answered':
      return `gate_answered ${record.decision} by ${record.who}`;
    case 'run_ended':
      return `run_ended ${record.state}: ${record.reason}`;
    default:
      return record.k;
  }
}

const decide = ({ gate, shownHash }: OpenGate, decision: GateAnswer['decision']): GateAnswer => ({
  gate,
  decision,
  who: 'ann',
  how: 'cli',
  answeredAt: '2026-01-02T03:04:05.000Z',
  shownHash,
});

async function openGateOf(run: LiveRun): Promise<OpenGate> {
  await expect.poll(() => run.progress.gate, { interval: 1 }).not.toBeNull();
  const { gate } = run.progress;
  if (gate === null) throw new Error('the gate has closed');
  return gate;
}

/** Answers when it is told to. */
function later() {
  let settle: (outcome: StepToolOutcome) => void = () => undefined;
  const answer: Answer = () =>
    new Promise((resolve) => {
      settle = resolve;
    });
  return { answer, settle: (outcome: StepToolOutcome) => settle(outcome) };
}

describe('A run', () => {
  it('calls its steps in order, waits at the gate for a person, and tells in its journal what it did and why', async () => {
    const { start, calls, story } = aHost();
    const run = await start();
    const gate = await openGateOf(run);
    expect(gate.shown).toBe('Do A?');
    expect(gate.shownHash).toBe(createHash('sha256').update('Do A?').digest('hex'));
    await run.answer(decide(gate, 'approve'));
    expect(await run.ended).toMatchObject({
      state: 'stopped',
      ended: { reason: 'It is done.', output: { plan: 'A' } },
    });
    expect(calls.map(({ tool, args }) => [tool, args])).toEqual([
      ['run_skill', { skill_command: '/plan', cwd: '/p', step_name: 'plan' }],
      ['run_cmd', { cmd: 'do A', cwd: '/p', step_name: 'work' }],
    ]);
    expect(await story(run.runId)).toEqual([
      'run_started',
      'entered plan/1/0',
      'settled plan: success → ask',
      'entered ask/1/0',
      'gate_opened ask',
      'gate_answered approve by ann',
      'settled ask: success → work',
      'entered work/1/0',
      'settled work: success → end',
      'run_ended stopped: It is done.',
    ]);
  });

  it('takes another way where the person rejects', async () => {
    const { start } = aHost();
    const run = await start();
    await run.answer(decide(await openGateOf(run), 'reject'));
    expect(await run.ended).toMatchObject({ ended: { reason: 'A person refused.' } });
  });

  it('takes the route of a failure where a tool refuses the call, and conditions can read the error', async () => {
    const { start, world } = aHost();
    world.answers.run_skill = () => ({ fault: { code: 'not_found', message: 'There is no skill /plan.' } });
    expect(await (await start()).ended).toMatchObject({ ended: { state: 'stopped', reason: 'It failed.' } });
  });

  it('ends with the fault of a defect, whatever the recipe says about failures', async () => {
    const { start, world } = aHost();
    world.answers.run_skill = () => ({ fault: { code: 'internal', message: 'x is not a function' } });
    expect(await (await start()).ended).toMatchObject({ ended: { state: 'failed', reason: 'x is not a function' } });
  });

  it('is not begun during a shutdown', async () => {
    const { start, world } = aHost();
    world.isShuttingDown = true;
    await expect(start()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('shows no secret at a gate, also where the recipe has it', async () => {
    const { start } = aHost();
    const ask = { ...steps.ask, message: 'Use very-secret-value?' };
    const run = await start({ graph: graphOf({ ...steps, ask }) });
    expect(await openGateOf(run)).toMatchObject({ shown: 'Use [redacted]?' });
  });

  it('has no secrets in its journal', async () => {
    const { start, journals, world } = aHost();
    world.answers.run_skill = () => ({ output: { success: false, plan: 'ok' } });
    const run = await start({ inputs: { token: 'very-secret-value' } });
    await run.ended;
    expect(JSON.stringify((await journals.read(run.runId)).records)).not.toContain('very-secret-value');
  });

  it('keeps a large result beside the journal', async () => {
    const { start, world, journals } = aHost();
    world.answers.run_skill = () => ({ output: { success: false, text: 'x'.repeat(20_000) } });
    const run = await start();
    await run.ended;
    const { records } = await journals.read(run.runId);
    const settled = records.find(({ k }) => k === 'settled');
    if (settled?.k !== 'settled' || settled.result === null || !('blob' in settled.result)) throw new Error('no blob');
    expect(JSON.parse(journals.readBlob(run.runId, settled.result.blob).toString())).toMatchObject({ success: false });
  });

  it('is shown with the step in work, its last text, and what it has used', async () => {
    const { start, world, calls } = aHost();
    const work = later();
    world.answers.run_skill = work.answer;
    const run = await start();
    await expect.poll(() => calls.length, { interval: 1 }).toBe(1);
    calls[0]?.report('3 turns');
    calls[0]?.onSpending({ usd: 0.5, tokens: 7, turns: 3 });
    expect(run.progress).toMatchObject({
      state: 'running',
      step: { name: 'plan', tool: 'run_skill', text: '3 turns' },
      spent: { usd: 0.5, tokens: 7, turns: 3 },
    });
    work.settle({ output: { success: false } });
    await run.ended;
    expect(run.progress).toMatchObject({ state: 'ended', step: null, spent: { usd: 0.5, tokens: 7, turns: 3 } });
  });
});

describe('A budget', () => {
  it('of visits lets so many steps finish, and enters no more', async () => {
    const { start, calls } = aHost();
    const run = await start({ budgets: { visits: 1 } });
    expect(await run.ended).toMatchObject({ ended: { state: 'budget_exhausted', exhausted: 'visits' } });
    expect(calls).toHaveLength(1);
  });

  it('of USD ends the step in work in order, and a higher total lets the run go on', async () => {
    const { start, world, resume, story, calls } = aHost();
    world.answers.run_skill = (call) =>
      new Promise((resolve) => {
        call.signal.addEventListener('abort', () => resolve({ fault: { code: 'cancelled', message: 'ended' } }));
        call.onSpending({ usd: 3, tokens: 5, turns: 1 });
      });
    const run = await start({ budgets: { usd: 2 } });
    expect(await run.ended).toMatchObject({ ended: { state: 'budget_exhausted', exhausted: 'usd' } });
    for (const budgets of [{}, { usd: 3 }])
      await expect(resume(run.runId, budgets)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('--budget usd=TOTAL'),
      });
    world.answers.run_skill = planned;
    const again = await resume(run.runId, { usd: 5 });
    await again.answer(decide(await openGateOf(again), 'reject'));
    await again.ended;
    expect(again.progress.spent).toMatchObject({ usd: 3, tokens: 5 });
    expect(calls.map(({ key }) => key.split('/').slice(1).join('/'))).toEqual(['plan/1/0', 'plan/2/0']);
    expect(await story(run.runId)).toContain('budget_changed');
  });

  it('that is unknown is not zero: a step without a price exhausts a budget of USD', async () => {
    const { start, world, resume } = aHost();
    world.answers.run_skill = (call) => {
      call.onSpending({ usd: null, tokens: 5, turns: 1 });
      return { output: { success: true, plan: 'A' } };
    };
    const run = await start({ budgets: { usd: 100 } });
    const reason = 'What the run costs is not known, so usd=100 does not allow the step ask.';
    expect(await run.ended).toMatchObject({ ended: { exhausted: 'usd', reason } });
    await expect(resume(run.runId, { usd: 200 })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('is not known'),
    });
  });
});

describe('A run whose process is killed', () => {
  /** Kills the host at work; then another one resumes. */
  async function killedAtWork(adoption: Adoption, change: (next: ReturnType<typeof aHost>) => void = () => undefined) {
    const first = aHost();
    const { answer } = later();
    first.world.answers.run_cmd = answer;
    const run = await first.start();
    await run.answer(decide(await openGateOf(run), 'approve'));
    await expect.poll(() => first.calls.length, { interval: 1 }).toBe(2);
    first.kill();
    const next = aHost({ runsDir: first.runsDir, serverId: 'server-b', living: first.living });
    next.world.adoption = adoption;
    change(next);
    return { runId: run.runId, ...next };
  }

  it('goes on behind the step that had done its work, and does not do it again', async () => {
    const { resume, runId, calls, world } = await killedAtWork({ state: 'done', output: { success: true } });
    expect(await (await resume(runId)).ended).toMatchObject({ ended: { reason: 'It is done.' } });
    expect(calls).toEqual([]);
    expect(world.adopted).toEqual([`${runId}/work/1/0`]);
  });

  it('does a step again, under another key, where that is safe', async () => {
    const { resume, runId, calls, story } = await killedAtWork({
      state: 'again',
      spent: { usd: 2, tokens: 9, turns: 1 },
    });
    const run = await resume(runId);
    await run.ended;
    expect(calls.map(({ key }) => key)).toEqual([`${runId}/work/1/0/2`]);
    expect(run.progress.spent).toMatchObject({ usd: 2, tokens: 9 });
    expect((await story(runId)).slice(-4)).toEqual([
      'entered work/1/0',
      'entered work/1/0/2',
      'settled work: success → end',
      'run_ended stopped: It is done.',
    ]);
  });

  it('has a key of its own each time that an attempt is made again, and never that of a later attempt', async () => {
    const graph = graphOf({ ...steps, work: { ...steps.work, retries: 2 } });
    let host = aHost();
    host.world.graph = graph;
    const { answer } = later();
    let finish: () => void = () => undefined;
    host.world.answers.run_cmd = (call) =>
      call.key.endsWith('/0') ? { output: { success: false, needs_retry: true, retry_reason: 'stale' } } : answer(call);
    const run = await host.start();
    await run.answer(decide(await openGateOf(run), 'approve'));
    await expect.poll(() => host.calls.length, { interval: 1 }).toBe(3);
    for (const serverId of ['server-b', 'server-c']) {
      host.kill();
      const { runsDir, living } = host;
      host = aHost({ runsDir, serverId, living });
      Object.assign(host.world, { graph, adoption: { state: 'again' } });
      const { answer, settle } = later();
      host.world.answers.run_cmd = answer;
      finish = () => settle({ output: { success: true } });
      await host.resume(run.runId);
      await expect.poll(() => host.calls.length, { interval: 1 }).toBe(1);
    }
    finish();
    await host.runner.whenSettled();
    const entered = (await host.story(run.runId)).filter((line) => line.startsWith('entered work'));
    expect(entered).toEqual(['0', '1', '1/2', '1/3'].map((end) => `entered work/1/${end}`));
  });

  it.each([
    ['done', 0],
    ['again', 1],
  ] as const)('asks a person what came of a step that nobody can know: %s', async (decision, times) => {
    const { resume, runId, calls } = await killedAtWork({ state: 'unknown' });
    const run = await resume(runId);
    const gate = await openGateOf(run);
    expect(gate).toMatchObject({ step: 'work', asks: 'outcome' });
    await expect(run.answer(decide(gate, 'approve'))).rejects.toMatchObject({ code: 'invalid_input' });
    await run.answer(decide(gate, decision));
    expect(await run.ended).toMatchObject({ ended: { reason: 'It is done.' } });
    expect(calls).toHaveLength(times);
  });

  it('does a step that is marked idempotent again', async () => {
    const graph = graphOf({ ...steps, work: { ...steps.work, idempotent: true } });
    const { resume, runId, calls } = await killedAtWork({ state: 'unknown' }, ({ world }) => {
      world.graph = graph;
    });
    await (await resume(runId)).ended;
    expect(calls).toHaveLength(1);
  });

  it('waits at the gate that was open, and takes the answer that was left meanwhile', async () => {
    const first = aHost();
    const run = await first.start();
    const gate = await openGateOf(run);
    first.kill();
    const next = aHost({ runsDir: first.runsDir, serverId: 'server-b', living: first.living });
    await next.journals.putAnswer(run.runId, decide(gate, 'approve'));
    const resumed = await next.resume(run.runId);
    // Nobody is asked again.
    expect(resumed.progress.gate).toBeNull();
    expect(await resumed.ended).toMatchObject({ ended: { reason: 'It is done.' } });
    expect((await next.story(run.runId)).filter((line) => line.startsWith('gate'))).toEqual([
      'gate_opened ask',
      'gate_answered approve by ann',
    ]);
  });

  it('cannot be resumed while its owner lives, nor twice', async () => {
    const first = aHost();
    const run = await first.start();
    await openGateOf(run);
    const next = aHost({ runsDir: first.runsDir, serverId: 'server-b', living: first.living });
    await expect(next.resume(run.runId)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('server-a'),
    });
    await expect(first.resume(run.runId)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('follows a changed recipe only where somebody accepts that', async () => {
    const { resume, runId, world, story } = await killedAtWork({ state: 'again' });
    world.recipeText = 'name: changed\n';
    await expect(resume(runId)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('--accept-changes'),
    });
    world.graph = graphOf({ ...steps, end: { action: 'stop', message: 'It is done otherwise.' } });
    expect(await (await resume(runId, {}, true)).ended).toMatchObject({ ended: { reason: 'It is done otherwise.' } });
    expect(await story(runId)).toContain('accepted_changes');
  });

  it('is not resumed where the changed recipe has lost its step', async () => {
    const { resume, runId, world } = await killedAtWork({ state: 'again' });
    world.recipeText = 'name: changed\n';
    world.graph = graphOf({ end: { action: 'stop', message: 'x' } });
    await expect(resume(runId, {}, true)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('step work'),
    });
  });

  it.each([
    ['only chooses a route', { action: 'route', on_success: 'end' }],
    ['is skipped', { ...steps.work, skip_when_false: 'inputs.deploy' }],
  ] as const)(
    'is not resumed where the step in work %s in the changed recipe, and goes on when it is put back',
    async (_, work) => {
      const { resume, runId, world } = await killedAtWork({ state: 'again' });
      const { graph, recipeText } = world;
      world.recipeText = 'name: changed\n';
      world.graph = graphOf({ ...steps, work });
      await expect(resume(runId, {}, true)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('the step work'),
      });
      Object.assign(world, { graph, recipeText });
      expect(await (await resume(runId)).ended).toMatchObject({ state: 'stopped' });
    },
  );

  it('waits for the person who was asked what came of a step, also where that is known later', async () => {
    const asked = await killedAtWork({ state: 'unknown' });
    await openGateOf(await asked.resume(asked.runId));
    asked.kill();
    const { runsDir, living } = asked;
    const { resume, calls, world } = aHost({ runsDir, serverId: 'server-c', living });
    world.adoption = { state: 'again' };
    const run = await resume(asked.runId);
    await run.answer(decide(await openGateOf(run), 'done'));
    expect(await run.ended).toMatchObject({ ended: { reason: 'It is done.' } });
    expect(calls).toEqual([]);
  });

  it('goes on with the copy of the recipe where the file is gone', async () => {
    const { resume, runId, world } = await killedAtWork({ state: 'again' });
    world.recipeText = null;
    expect(await (await resume(runId)).ended).toMatchObject({ state: 'stopped' });
  });
});

describe('A shutdown', () => {
  it('interrupts the run: its step is looked at when it is resumed', async () => {
    const { start, runner, world, resume, story } = aHost();
    world.answers.run_skill = ({ signal }) =>
      new Promise((resolve) =>
        signal.addEventListener('abort', () =>
          resolve({ fault: { code: 'unavailable', message: 'the server is shutting down' } }),
        ),
      );
    const run = await start();
    await expect.poll(() => run.progress.step?.name, { interval: 1 }).toBe('plan');
    world.isShuttingDown = true;
    await runner.drain(0, new AbortController().signal);
    expect(await run.ended).toMatchObject({ state: 'interrupted' });
    expect(await story(run.runId)).toEqual(['run_started', 'entered plan/1/0']);
    world.isShuttingDown = false;
    world.adoption = { state: 'again' };
    world.answers.run_skill = planned;
    const again = await resume(run.runId);
    await again.answer(decide(await openGateOf(again), 'approve'));
    expect(await again.ended).toMatchObject({ state: 'stopped' });
  });

  it('lets a step finish in its time, and enters no other', async () => {
    const { start, runner, world, story } = aHost();
    const work = later();
    world.answers.run_skill = work.answer;
    const run = await start();
    await expect.poll(() => run.progress.step?.name, { interval: 1 }).toBe('plan');
    const drained = runner.drain(10_000, new AbortController().signal);
    work.settle({ output: { success: true, plan: 'A' } });
    await drained;
    expect(await run.ended).toMatchObject({ state: 'interrupted' });
    expect(await story(run.runId)).toEqual(['run_started', 'entered plan/1/0', 'settled plan: success → ask']);
  });
});

describe('Cancelling a run', () => {
  it('ends its step, and says who did it', async () => {
    const { start, world, story } = aHost();
    world.answers.run_skill = ({ signal }) =>
      new Promise((resolve) =>
        signal.addEventListener('abort', () => resolve({ fault: { code: 'cancelled', message: 'ended' } })),
      );
    const run = await start();
    await expect.poll(() => run.progress.step?.name, { interval: 1 }).toBe('plan');
    run.cancel('ann');
    expect(await run.ended).toMatchObject({
      ended: { state: 'cancelled', reason: 'ann cancelled it in the step plan.' },
    });
    expect(await story(run.runId)).toContain('settled plan: cancelled → plan');
  });

  it('works at an open gate', async () => {
    const { start } = aHost();
    const run = await start();
    await openGateOf(run);
    run.cancel('ann');
    expect(await run.ended).toMatchObject({ ended: { state: 'cancelled' } });
  });

  it('works from another process, and for a run that nobody owns', async () => {
    const first = aHost();
    const run = await first.start();
    await openGateOf(run);
    await first.journals.requestCancel(run.runId, 'bob');
    expect(await run.ended).toMatchObject({ ended: { reason: 'bob cancelled it in the step ask.' } });

    const other = await first.start();
    await openGateOf(other);
    first.kill();
    const next = aHost({ runsDir: first.runsDir, serverId: 'server-b', living: first.living });
    await next.journals.requestCancel(other.runId, 'bob');
    expect(await (await next.resume(other.runId)).ended).toMatchObject({ ended: { state: 'cancelled' } });
    expect(next.calls).toEqual([]);
  });
});

it('An answer from another process is taken while the run waits', async () => {
  const { start, journals } = aHost();
  const run = await start();
  await journals.putAnswer(run.runId, decide(await openGateOf(run), 'approve'));
  expect(await run.ended).toMatchObject({ ended: { reason: 'It is done.' } });
});

it('An answer to what was shown before does not count', async () => {
  const { start, journals, logged } = aHost();
  const run = await start();
  const gate = await openGateOf(run);
  await journals.putAnswer(run.runId, { ...decide(gate, 'approve'), shownHash: 'f'.repeat(64) });
  await expect.poll(() => logged.map(({ event }) => event), { interval: 1 }).toContain('answer_ignored');
  expect(run.progress.state).toBe('waiting');
});

it('A result that is not as the step declares is a failure', async () => {
  const { start } = aHost();
  const graph = graphOf({ ...steps, plan: { ...steps.plan, returns: { required: ['verdict'] } } });
  expect(await (await start({ graph })).ended).toMatchObject({ ended: { reason: 'It failed.' } });
});

it('A disk that refuses pauses the run, which goes on when there is room', async () => {
  const host = aHost();
  const { create } = host.journals;
  let refusals = 1;
  host.journals.create = async (...args) => {
    const opened = await create(...args);
    const append = opened.run.append.bind(opened.run);
    const refusing: typeof append = (entry) =>
      refusals-- > 0 ? Promise.reject(new AppError('unavailable', 'The disk is full.')) : append(entry);
    return { ...opened, run: Object.assign(opened.run, { append: refusing }) };
  };
  const run = await host.start();
  await expect
    .poll(() => run.progress, { interval: 1 })
    .toMatchObject({ state: 'paused', pause: expect.stringContaining('The disk is full.') });
  await expect.poll(() => run.progress.state, { timeout: 5_000 }).toBe('waiting');
});

it('A value that is too large for the journal ends the run, which says whose it is, and the journal stays whole', async () => {
  const { start, world, journals } = aHost();
  world.answers.run_skill = () => ({ output: { success: true, plan: 'x'.repeat(1_048_576) } });
  const run = await start();
  const reason = expect.stringMatching(/step plan has \d+ bytes/);
  expect(await run.ended).toMatchObject({ ended: { state: 'failed', reason } });
  expect((await journals.read(run.runId)).state.ended).toMatchObject({ state: 'failed' });
});

it('An output that is too large for the journal ends the run as failed', async () => {
  const { start, world } = aHost();
  world.answers.run_skill = () => ({ output: { success: true, plan: 'x'.repeat(600_000) } });
  const plan = `\${{ context.plan }}`;
  const small: Steps = {
    plan: { ...steps.plan, on_success: 'end', on_failure: 'end' },
    end: { action: 'stop', message: 'It is done.', output: { one: plan, two: plan } },
  };
  expect(await (await start({ graph: graphOf(small) })).ended).toMatchObject({
    ended: { state: 'failed', output: null },
  });
});

it('Inputs that are too large for the journal start no run', async () => {
  const { start, journals } = aHost();
  await expect(start({ inputs: { text: 'x'.repeat(1_048_576) } })).rejects.toMatchObject({ code: 'invalid_input' });
  expect(await journals.list()).toEqual([]);
});

it('What another process has left and nobody can read keeps no answer from being taken, and ends no server', async () => {
  const { start, journals, runsDir, logged } = aHost();
  const run = await start();
  const gate = await openGateOf(run);
  mkdirSync(`${runsDir}/${run.runId}/cancel`);
  writeFileSync(`${runsDir}/${run.runId}/answers/another.json`, '{}', { mode: 0o600 });
  await journals.putAnswer(run.runId, decide(gate, 'approve'));
  expect(await run.ended).toMatchObject({ ended: { reason: 'It is done.' } });
  expect(logged.map(({ event }) => event)).toEqual(
    expect.arrayContaining(['cancel_request_not_read', 'answers_not_taken']),
  );
});

it('A recipe that follows routes for ever ends, and says what it lacks', async () => {
  const many = { max_visits: 1_000_000, on_exceeded: 'end' };
  const graph = graphOf({
    here: { action: 'route', on_success: 'there', ...many },
    there: { action: 'route', on_success: 'here', ...many },
    end: { action: 'stop' },
  });
  const run = await aHost().start({ graph, budgets: { visits: 1_000_000_000 } });
  const reason = expect.stringContaining('5000 steps in a row');
  expect(await run.ended).toMatchObject({ ended: { state: 'failed', reason } });
});

it('A run whose journal something else has changed is given up at the next answer, which waits for its resume', async () => {
  const host = aHost();
  const { start, journals, runsDir } = host;
  const run = await start();
  const gate = await openGateOf(run);
  const file = `${runsDir}/${run.runId}/journal.jsonl`;
  const before = readFileSync(file);
  writeFileSync(file, 'mine\n', { flag: 'a' });
  await journals.putAnswer(run.runId, decide(gate, 'approve'));
  expect(await run.ended).toMatchObject({ state: 'interrupted', reason: expect.stringContaining('journal.jsonl') });
  expect(journals.ownerOf(run.runId)).toBeNull();
  writeFileSync(file, before);
  expect(await (await host.resume(run.runId)).ended).toMatchObject({ ended: { reason: 'It is done.' } });
});
