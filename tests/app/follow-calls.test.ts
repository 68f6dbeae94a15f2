import { describe, expect, it } from 'vitest';
import { followCalls } from '../../src/app/follow-calls.ts';
import type { CallsMessage } from '../../src/domain/inspection.ts';
import { createRedactor } from '../../src/domain/redact.ts';
import { createPendingCalls } from '../../src/front/pending-calls.ts';

/** The calls of a server with 100 slots, where only `audit` is never done. */
function follow() {
  const secrets = new Set(['a-known-secret']);
  const calls = createPendingCalls({
    maxInFlight: 100,
    maxWaiting: 100,
    waitMs: 60_000,
    waitLimitName: 'a.setting',
    hasSettings: true,
    task: (name) =>
      name === 'audit'
        ? { status: 'running', description: '', startedAtMs: 0, cause: null, detail: null, output: () => '' }
        : null,
    retryTask: () => undefined,
    logFile: () => null,
    sendProgress: () => undefined,
    onEdge: () => undefined,
  });
  const said: CallsMessage[] = [];
  const record = (make: (id: number) => string) => void said.push(JSON.parse(make(said.length)));
  const enter = (id: number, tool: string, needs: readonly string[] = []) =>
    void calls.acquireSlot(calls.add(id, tool, needs, undefined))?.catch(() => undefined);
  return {
    calls,
    said,
    enter,
    begin: () => followCalls({ connections: calls, secrets, record, redact: createRedactor(secrets) }),
  };
}

describe('The calls of a server', () => {
  it('are recorded when recording begins, if there are any', () => {
    const idle = follow();
    idle.begin().stop();
    expect(idle.said).toEqual([]);
    const busy = follow();
    busy.enter(1, 'run_cmd');
    busy.enter(2, 'report', ['audit']);
    busy.begin();
    const base = { type: 'maitred.calls', createdAt: expect.stringMatching(/^\d+$/), id: '0' };
    const sinceMs = expect.any(Number);
    const calls = [
      { tool: 'run_cmd', sinceMs, waitsFor: null },
      { tool: 'report', sinceMs, waitsFor: ['audit'] },
    ];
    expect(busy.said).toEqual([{ ...base, calls, inFlight: 1, waiting: 1 }]);
  });

  it('are recorded once for many changes, and not if nothing has changed in the end', async () => {
    const { begin, enter, calls, said } = follow();
    begin();
    for (let id = 0; id < 1_000; id += 1) {
      enter(id, 'run_cmd');
      calls.settle(id);
    }
    enter(1_000, 'run_cmd');
    await expect.poll(() => said).toHaveLength(1);
    for (let id = 0; id < 1_000; id += 1) {
      enter(id, 'run_cmd');
      calls.settle(id);
    }
    enter(1_001, 'run_cmd');
    await expect.poll(() => said).toHaveLength(2);
    expect(said.map(({ inFlight }) => inFlight)).toEqual([1, 2]);
  });

  it('are recorded a last time when recording ends', () => {
    const { begin, enter, said } = follow();
    const followed = begin();
    enter(1, 'run_cmd');
    followed.stop();
    enter(2, 'run_cmd');
    expect(said).toMatchObject([{ inFlight: 1 }]);
  });

  it('are counted, and the oldest fifty are named, truncated and without secrets', () => {
    const { begin, enter } = follow();
    enter(0, 'a-known-secret');
    enter(1, 'x'.repeat(10_000));
    for (let id = 2; id < 60; id += 1) enter(id, 'run_cmd');
    const now = JSON.parse(begin().asOfNow()) as CallsMessage;
    expect(now).toMatchObject({ id: null, inFlight: 60, waiting: 0 });
    expect(now.calls).toHaveLength(50);
    expect(now.calls.slice(0, 2).map(({ tool }) => tool)).toEqual(['[redacted]', 'x'.repeat(200)]);
  });
});
