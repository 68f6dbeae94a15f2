import { describe, expect, it } from 'vitest';
import { isAppError } from '../../src/domain/app-error.ts';
import { createPendingCalls, type PendingCallsOptions } from '../../src/front/pending-calls.ts';
import type { TaskView } from '../../src/front/readiness.ts';

const view = (status: TaskView['status'], cause: string | null = null): TaskView => ({
  status,
  description: 'reading the audit',
  startedAtMs: Date.now(),
  cause,
  detail: null,
  output: () => '',
});

/** Pending calls over tasks that the test sets by hand. */
function pendingCalls(tasks: Record<string, TaskView>, options: Partial<PendingCallsOptions> = {}) {
  const edges: { inFlight: boolean; waiting: boolean }[] = [];
  let lastNumber = 0;
  const calls = createPendingCalls({
    maxInFlight: 2,
    maxWaiting: 2,
    waitMs: 60_000,
    waitLimitName: 'a.setting',
    hasSettings: true,
    task: (name) => tasks[name] ?? null,
    retryTask: () => undefined,
    nextNumber: () => ++lastNumber,
    logFile: () => '/state/logs/server.log',
    sendProgress: () => undefined,
    onEdge: (edge) => void edges.push(edge),
    ...options,
  });
  return { calls, edges };
}

const codeOf = async (attempt: () => unknown): Promise<string | null> => {
  try {
    await attempt();
    return null;
  } catch (problem) {
    return isAppError(problem) ? problem.code : String(problem);
  }
};

describe('a call that needs a task', () => {
  it('that has failed starts it again, waits for it, and runs', async () => {
    const tasks = { audit: view('failed', 'disk') };
    const retried: string[] = [];
    const retryTask = (name: string) => {
      retried.push(name);
      tasks.audit = view('running');
    };
    const { calls, edges } = pendingCalls(tasks, { retryTask });
    const call = calls.add(1, 'report', ['audit'], undefined);
    const acquired = calls.acquireSlot(call);
    expect(retried).toEqual(['audit']);
    expect(edges).toEqual([{ inFlight: false, waiting: true }]);
    expect(calls.waiting).toMatchObject([{ tool: 'report', waitsFor: ['audit'] }]);
    tasks.audit = view('done');
    calls.reconsider();
    await acquired;
    expect(calls.inFlight).toBe(1);
  });

  it('that has failed and is not started again so soon gets the reason', async () => {
    const { calls } = pendingCalls({ audit: view('failed', 'the disk is full') });
    const call = calls.add(1, 'report', ['audit'], undefined);
    expect(() => calls.acquireSlot(call)).toThrow(/the disk is full/);
    expect(await codeOf(() => calls.acquireSlot(call))).toBe('unavailable');
  });

  it('that fails while the call waits is refused', async () => {
    const tasks = { audit: view('running') };
    const { calls } = pendingCalls(tasks);
    const acquired = codeOf(() => calls.acquireSlot(calls.add(1, 'report', ['audit'], undefined)));
    tasks.audit = view('timedOut', 'it took too long');
    calls.reconsider();
    expect(await acquired).toBe('unavailable');
  });
});

describe('a pending call', () => {
  it('waits for the tasks that are not done yet, then for a slot, then for nothing', () => {
    const tasks = { audit: view('running'), drift: view('running') };
    const { calls } = pendingCalls(tasks, { maxInFlight: 1 });
    void calls.acquireSlot(calls.add(1, 'first', [], undefined));
    void calls.acquireSlot(calls.add(2, 'second', ['audit', 'drift'], undefined));
    expect([calls.waitsFor(1), calls.waitsFor(2), calls.waitsFor(3)]).toEqual([null, ['audit', 'drift'], null]);
    tasks.audit = view('done');
    expect(calls.waitsFor(2)).toEqual(['drift']);
    tasks.drift = view('done');
    calls.reconsider();
    expect(calls.waitsFor(2)).toEqual([]);
    calls.settle(1);
    expect(calls.waitsFor(2)).toBe(null);
  });

  it('is known by its signal, until it settles', () => {
    const { calls } = pendingCalls({});
    const [first, second] = [1, 2].map((id) => calls.add(id, 'tool', [], undefined));
    const signal = second?.signal ?? AbortSignal.abort();
    expect(calls.withSignal(signal)).toBe(second);
    expect(first?.number).not.toBe(second?.number);
    expect(calls.withSignal(AbortSignal.abort())).toBe(undefined);
    calls.settle(2);
    expect(calls.withSignal(signal)).toBe(undefined);
  });
});

describe('calls beyond the slots', () => {
  it('wait in order of arrival, and run as others settle', async () => {
    const { calls, edges } = pendingCalls({});
    const order: number[] = [];
    const running = [1, 2, 3, 4].map(async (id) => {
      const wait = calls.acquireSlot(calls.add(id, 'tool', [], undefined));
      if (wait !== null) await wait;
      order.push(id);
    });
    expect(calls.inFlight).toBe(2);
    calls.settle(1);
    calls.settle(2);
    await Promise.all(running);
    expect(order).toEqual([1, 2, 3, 4]);
    calls.settle(3);
    calls.settle(4);
    await calls.whenEmpty();
    expect(edges.at(0)).toEqual({ inFlight: true, waiting: false });
    expect(edges.at(-1)).toEqual({ inFlight: false, waiting: false });
  });

  it('are refused at once when too many wait already, and ping-like requests are not', async () => {
    const { calls } = pendingCalls({});
    const waits = [1, 2, 3, 4].map((id) => codeOf(() => calls.acquireSlot(calls.add(id, 'tool', [], undefined))));
    expect(await codeOf(() => calls.add(5, 'tool', [], undefined))).toBe('unavailable');
    expect(await codeOf(() => calls.add(6, null, [], undefined))).toBeNull();
    for (const id of [3, 4]) calls.cancel(id, 'the test is over');
    expect(await Promise.all(waits)).toEqual([null, null, 'cancelled', 'cancelled']);
  });

  it('that are parked are refused and get no more progress when they are cancelled', () => {
    const heard: unknown[] = [];
    const { calls } = pendingCalls({ backend: view('running') }, { sendProgress: (token) => void heard.push(token) });
    const refused: string[] = [];
    calls.park(calls.add(0, 'report', [], 'a token'), ['backend'], ({ code }) => {
      refused.push(code);
      calls.settle(0);
    });
    expect(heard).toEqual(['a token']);
    calls.cancel(0, 'not needed any more');
    expect(refused).toEqual(['cancelled']);
    expect(calls.waiting).toEqual([]);
  });

  it('stop waiting when they are cancelled', async () => {
    const { calls } = pendingCalls({ audit: view('running') });
    const call = calls.add(0, 'report', ['audit'], undefined);
    const acquired = codeOf(() => calls.acquireSlot(call));
    calls.cancel(0, 'not needed any more');
    expect(await acquired).toBe('cancelled');
    expect(calls.isCancelled(0)).toBe(true);
    expect(calls.waiting).toEqual([]);
    expect(call.signal.aborted).toBe(true);
  });
});
