import { describe, expect, it } from 'vitest';
import { isAppError } from '../../src/domain/app-error.ts';
import { type AdmissionOptions, createAdmission } from '../../src/front/admission.ts';
import type { TaskView } from '../../src/front/readiness.ts';

const view = (status: TaskView['status'], cause: string | null = null): TaskView => ({
  status,
  description: 'reading the audit',
  startedAtMs: Date.now(),
  cause,
  detail: null,
});

/** An admission over tasks that the test turns by hand. */
function admit(tasks: Record<string, TaskView>, options: Partial<AdmissionOptions> = {}) {
  const edges: { inFlight: boolean; waiting: boolean }[] = [];
  const admission = createAdmission({
    maxInFlight: 2,
    maxWaiting: 2,
    waitMs: 60_000,
    task: (name) => tasks[name] ?? null,
    retryTask: () => undefined,
    logFile: () => '/state/logs/server.log',
    sendProgress: () => undefined,
    onEdge: (calls) => void edges.push(calls),
    ...options,
  });
  return { admission, edges };
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
  it('that has failed has it tried once more, waits for it, and runs', async () => {
    const tasks = { audit: view('failed', 'disk') };
    const retried: string[] = [];
    const retryTask = (name: string) => {
      retried.push(name);
      tasks.audit = view('running');
    };
    const { admission } = admit(tasks, { retryTask });
    const ticket = admission.enter(1, 'report', undefined);
    const seated = admission.seat(ticket, ['audit']);
    expect(retried).toEqual(['audit']);
    expect(admission.waiting).toMatchObject([{ tool: 'report', waitsFor: ['audit'] }]);
    tasks.audit = view('done');
    admission.reconsider();
    await seated;
    expect(admission.inFlight).toBe(1);
  });

  it('that has failed and is not tried again so soon is told why', async () => {
    const { admission } = admit({ audit: view('failed', 'the disk is full') });
    const ticket = admission.enter(1, 'report', undefined);
    expect(() => admission.seat(ticket, ['audit'])).toThrow(/the disk is full/);
    expect(await codeOf(() => admission.seat(ticket, ['audit']))).toBe('unavailable');
  });

  it('that fails while the call waits is told so', async () => {
    const tasks = { audit: view('running') };
    const { admission } = admit(tasks);
    const seated = codeOf(() => admission.seat(admission.enter(1, 'report', undefined), ['audit']));
    tasks.audit = view('timedOut', 'it took too long');
    admission.reconsider();
    expect(await seated).toBe('unavailable');
  });
});

describe('calls beyond the seats', () => {
  it('wait in order of arrival, and run as others leave', async () => {
    const { admission, edges } = admit({});
    const order: number[] = [];
    const calls = [1, 2, 3, 4].map(async (id) => {
      const wait = admission.seat(admission.enter(id, 'tool', undefined), []);
      if (wait !== null) await wait;
      order.push(id);
    });
    expect(admission.inFlight).toBe(2);
    admission.leave(1);
    admission.leave(2);
    await Promise.all(calls);
    expect(order).toEqual([1, 2, 3, 4]);
    admission.leave(3);
    admission.leave(4);
    await admission.whenEmpty();
    expect(edges.at(0)).toEqual({ inFlight: true, waiting: false });
    expect(edges.at(-1)).toEqual({ inFlight: false, waiting: false });
  });

  it('are refused at once when too many wait already, and ping-like requests are not', async () => {
    const { admission } = admit({});
    for (const id of [1, 2, 3, 4]) void admission.seat(admission.enter(id, 'tool', undefined), []);
    expect(await codeOf(() => admission.enter(5, 'tool', undefined))).toBe('unavailable');
    expect(await codeOf(() => admission.enter(6, null, undefined))).toBeNull();
  });

  it('are let go, and hear of no progress, when they are cancelled while they are held at the door', () => {
    const heard: unknown[] = [];
    const { admission } = admit({ backend: view('running') }, { sendProgress: (token) => void heard.push(token) });
    const refused: string[] = [];
    admission.hold(admission.enter(0, 'report', 'a token'), ['backend'], ({ code }) => {
      refused.push(code);
      admission.leave(0);
    });
    expect(heard).toEqual(['a token']);
    admission.cancel(0, 'not needed any more');
    expect(refused).toEqual(['cancelled']);
    expect(admission.waiting).toEqual([]);
  });

  it('give up their place when they are cancelled', async () => {
    const { admission } = admit({ audit: view('running') });
    const ticket = admission.enter(0, 'report', undefined);
    const seated = codeOf(() => admission.seat(ticket, ['audit']));
    admission.cancel(0, 'not needed any more');
    expect(await seated).toBe('cancelled');
    expect(admission.isCancelled(0)).toBe(true);
    expect(admission.waiting).toEqual([]);
    expect(ticket.signal.aborted).toBe(true);
  });
});
