import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { answerGate } from '../../../src/tools/recipes/answer-gate.ts';
import { cancelRun } from '../../../src/tools/recipes/cancel-run.ts';
import { listRuns } from '../../../src/tools/recipes/list-runs.ts';
import { runStatus } from '../../../src/tools/recipes/run-status.ts';
import { answered, ended, entered, opened, settled } from '../../doubles/journal-entries.ts';
import { aJournal, aLiveRun, anOpenGate } from '../../doubles/recipe-runs.ts';
import { aServerRecord } from '../../doubles/server-records.ts';
import { aScope, aStatus, callTool } from '../../doubles/tool-calls.ts';

const status = aStatus({ read: () => aServerRecord({ clientName: 'claude-code' }) });

describe('run_status', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }));
  afterEach(() => void vi.useRealTimers());

  it('shows what the journal says, for a run that another server works on', async () => {
    const { services } = aJournal([entered('plan'), settled('plan', { route: 'ask' }), opened('gate-1')], {
      owner: 'b',
    });
    expect(await callTool(runStatus, { run_id: 'run-1' }, services)).toMatchObject({
      run_id: 'run-1',
      state: 'waiting',
      owner: 'b',
      next: expect.stringContaining('maitred runs approve run-1'),
      step: 'ask',
      working: null,
      gate: { step: 'ask', asks: 'approval', shown: null },
      inputs: { task: 'tidy' },
      project: '/project',
      budgets: { visits: 50 },
      spent: { usd: 0, has_unknown_usd: false, tokens: 0, turns: 0, ms: 1 },
      reason: null,
    });
  });

  it('shows what the step does, and what the gate shows, of a run of this server', async () => {
    vi.setSystemTime(10_000);
    const step = { name: 'test', visit: 2, attempt: 0, tool: 'test_check', startedAtMs: 7_500, text: '12 passed' };
    const { run, change } = aLiveRun({ step, pause: 'the disk is full: make room' });
    const { services } = aJournal([entered('test', 2), opened('gate-1', 'test')], { live: run, owner: 'a' });
    expect(await callTool(runStatus, { run_id: 'run-1' }, services)).toMatchObject({
      step: 'test',
      working: { visit: 2, attempt: 0, tool: 'test_check', seconds: 2.5, text: '12 passed' },
      paused: 'the disk is full: make room',
      gate: { shown: null },
    });
    change({ gate: anOpenGate({ step: 'test' }) });
    expect(await callTool(runStatus, { run_id: 'run-1' }, services)).toMatchObject({ gate: { shown: 'Commit it?' } });
  });

  it('waits with progress until the run waits for a person', async () => {
    const { run, change } = aLiveRun();
    const { services, append } = aJournal([entered('plan')], { live: run, owner: 'a' });
    const scope = aScope();
    const waiting = callTool(runStatus, { run_id: 'run-1', wait_s: 60 }, services, scope);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(scope.reports).toEqual(Array(2).fill('The run run-1 is running, at the step plan'));
    append(settled('plan', { route: 'ask' }));
    append(opened('gate-1'));
    change({ state: 'waiting', gate: anOpenGate() });
    await vi.advanceTimersByTimeAsync(0);
    expect(await waiting).toMatchObject({ state: 'waiting', gate: { step: 'ask', shown: 'Commit it?' } });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('sees in the journal that the run of another server goes on, and that the next gate opens', async () => {
    const { services, append } = aJournal([entered('ask'), opened('gate-1')], { owner: 'b' });
    const waiting = callTool(runStatus, { run_id: 'run-1', wait_s: 60 }, services);
    await vi.advanceTimersByTimeAsync(500);
    for (const each of [answered('gate-1'), settled('ask', { route: 'again' }), entered('again')]) append(each);
    append(opened('gate-2', 'again'));
    await vi.advanceTimersByTimeAsync(500);
    expect(await waiting).toMatchObject({ state: 'waiting', gate: { step: 'again' } });
  });

  it('answers as it is when the time is over, and at once for a run that has ended', async () => {
    const { services, append } = aJournal([entered('plan')], { owner: 'b' });
    const waiting = callTool(runStatus, { run_id: 'run-1', wait_s: 2.5 }, services);
    await vi.advanceTimersByTimeAsync(2_500);
    expect(await waiting).toMatchObject({ state: 'running', step: 'plan' });
    append(settled('plan', { route: null }));
    append(ended());
    const result = await callTool(runStatus, { run_id: 'run-1', wait_s: 60 }, services);
    expect(result).toMatchObject({ state: 'succeeded', owner: null, step: null, reason: 'it is done' });
  });

  it('stops waiting when the call is cancelled', async () => {
    const { services } = aJournal([entered('plan')], { owner: 'b' });
    const controller = new AbortController();
    const waiting = callTool(runStatus, { run_id: 'run-1', wait_s: 60 }, services, aScope(controller.signal));
    const outcome = expect(waiting).rejects.toThrow('the client has gone');
    await vi.advanceTimersByTimeAsync(100);
    controller.abort(new Error('the client has gone'));
    await outcome;
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('answer_gate', () => {
  const call = { run_id: 'run-1', step: 'ask', decision: 'approve', code: 'K7QM' } as const;

  it('passes the decision on to the run of this server, for what the gate shows', async () => {
    const { run, done } = aLiveRun();
    const { services } = aJournal([entered('ask'), opened('gate-1')], { live: run, owner: 'a' });
    const result = await callTool(answerGate, call, { ...services, status });
    expect(result).toMatchObject({ success: true, next: expect.stringContaining('run_status') });
    const { shownHash } = anOpenGate();
    const answeredAt = expect.stringMatching(/^\d{4}-/);
    expect(done).toEqual([
      { gate: 'gate-1', decision: 'approve', who: 'claude-code', how: 'answer_gate', answeredAt, shownHash },
    ]);
  });

  it('leaves it for another server, or for whoever resumes the run', async () => {
    const { services, left } = aJournal([entered('ask'), opened('gate-1')]);
    const result = await callTool(answerGate, call, { ...services, status });
    expect(result.next).toContain('maitred runs resume run-1');
    expect(left).toMatchObject([{ gate: 'gate-1', decision: 'approve' }]);
  });

  it('takes a code once', async () => {
    const { services } = aJournal([entered('ask'), opened('gate-1')], { owner: 'b' });
    await callTool(answerGate, call, { ...services, status });
    await expect(callTool(answerGate, call, { ...services, status })).rejects.toMatchObject({ code: 'forbidden' });
  });

  const waits = [entered('ask'), opened('gate-1')];
  it.each([
    [
      'without a code, and says who has it',
      waits,
      { ...call, code: '' },
      'forbidden',
      /run maitred runs show run-1 on a/,
    ],
    ['with a wrong code', waits, { ...call, code: 'AAAA' }, 'forbidden', /not that of this gate, or was used/],
    ['for another step', waits, { ...call, step: 'asks' }, 'conflict', /waits at the step ask, and not at asks/],
    [
      'with a decision of another kind',
      waits,
      { ...call, decision: 'done' as const },
      'invalid_input',
      /approve or reject/,
    ],
    ['where nothing waits', [entered('ask')], call, 'conflict', /is interrupted, and waits for nobody/],
    [
      'of a run that has ended',
      [entered('ask'), settled('ask', { route: null }), ended()],
      call,
      'conflict',
      /has ended/,
    ],
    ['of an unknown run', waits, { ...call, run_id: 'run-9' }, 'not_found', /run-9/],
  ])('refuses an answer %s', async (_, entries, args, code, message) => {
    const { services, left } = aJournal(entries);
    const refused = callTool(answerGate, args, { ...services, status });
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(left).toEqual([]);
  });
});

describe('cancel_run', () => {
  it('ends the run of this server', async () => {
    const { run, done } = aLiveRun();
    const { services } = aJournal([entered('plan')], { live: run, owner: 'a' });
    await callTool(cancelRun, { run_id: 'run-1' }, { ...services, status });
    expect(done).toEqual([{ cancelledBy: 'claude-code' }]);
  });

  it('asks another server to end it, and says what happens to a run of nobody', async () => {
    const other = aJournal([entered('plan')], { owner: 'b' });
    expect((await callTool(cancelRun, { run_id: 'run-1' }, { ...other.services, status })).next).toContain('is ending');
    const nobodys = aJournal([entered('plan')]);
    const { next } = await callTool(cancelRun, { run_id: 'run-1' }, { ...nobodys.services, status });
    expect(next).toContain('maitred runs cancel run-1');
    for (const { left } of [other, nobodys]) expect(left).toEqual([{ cancelledBy: 'claude-code' }]);
  });

  it('leaves a run as it is that has ended', async () => {
    const { services, left } = aJournal([ended()]);
    const result = await callTool(cancelRun, { run_id: 'run-1' }, { ...services, status });
    expect(result).toMatchObject({ state: 'succeeded' });
    expect(left).toEqual([]);
  });
});

describe('list_runs', () => {
  it('shows every run with what must happen next, also one that cannot be read', async () => {
    const { services } = aJournal([entered('ask'), opened('gate-1')], { owner: 'b' });
    expect(await callTool(listRuns, {}, services)).toMatchObject({
      runs: [
        { run_id: 'run-1', state: 'waiting', owner: 'b', next: expect.stringContaining('maitred runs approve') },
        { run_id: 'run-2', state: 'damaged', next: 'line 3 was changed' },
      ],
      total_count: 2,
    });
    expect(await callTool(listRuns, { state: 'damaged' }, services)).toMatchObject({ runs: [{ run_id: 'run-2' }] });
  });
});

it.each([
  [
    'answer_gate',
    (services: Parameters<typeof cancelRun.handler>[1]) =>
      callTool(answerGate, { run_id: 'run-1', step: 'ask', decision: 'approve' }, services),
  ],
  [
    'cancel_run',
    (services: Parameters<typeof cancelRun.handler>[1]) => callTool(cancelRun, { run_id: 'run-1' }, services),
  ],
])('%s is refused in a headless session, which may be a step of the run', async (_, call) => {
  const { services, left } = aJournal([entered('ask'), opened('gate-1')]);
  const headless = aStatus({ isHeadless: true });
  await expect(call({ ...services, status: headless })).rejects.toMatchObject({ code: 'forbidden' });
  expect(left).toEqual([]);
});
