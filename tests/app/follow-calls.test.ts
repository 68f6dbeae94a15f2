import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ClientCalls } from '../../src/app/client-connections.ts';
import { followCalls } from '../../src/app/follow-calls.ts';
import type { CallCountMessage, CallMessage, CallOutcome } from '../../src/domain/inspection.ts';
import { createRedactor } from '../../src/domain/redact.ts';
import { createCallLog } from '../../src/front/call-log.ts';

/** The calls of a client, and what is recorded of them. */
function someCalls() {
  const secrets = new Set<string>();
  let tasks: readonly string[] | null = null;
  const callLog = createCallLog(() => tasks);
  const recorded: (CallMessage | CallCountMessage)[] = [];
  let nextId = 0;
  const calls = () => recorded.flatMap((message) => (message.type === 'maitred.call' ? [message] : []));
  const counts = () => recorded.flatMap((message) => (message.type === 'maitred.callCount' ? [message] : []));
  return {
    callLog,
    recorded,
    calls,
    counts,
    outcomes: () => calls().map(({ number, outcome }) => [number, outcome]),
    waitFor(names: readonly string[] | null) {
      tasks = names;
    },
    begin(number: number) {
      const arrivedAtMs = Date.now();
      callLog.begin({ id: `request ${number}`, number, tool: 'brew', arrivedAtMs }, 'tools/call', number, '{}');
    },
    end: (number: number, outcome: CallOutcome = 'result') => callLog.end(`request ${number}`, outcome, '{}'),
    follow: (sinceMs = Date.now()) =>
      followCalls({
        connections: { clients: [{ callLog }] as unknown as ClientCalls[], subscribe: callLog.subscribe },
        secrets,
        redact: createRedactor(secrets),
        sinceMs,
        record(make) {
          recorded.push(JSON.parse(make(nextId)));
          nextId += 1;
        },
      }),
  };
}

/** The time of the test, which passes when the test says so. */
function stopTime() {
  vi.useFakeTimers({ now: 1_000_000 });
  onTestFinished(() => void vi.useRealTimers());
}

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at);

describe('The calls of a server', () => {
  it('are recorded when recording begins, if they are pending', () => {
    const { begin, end, follow, calls } = someCalls();
    begin(1);
    end(1);
    begin(2);
    follow();
    expect(calls()).toEqual([
      {
        type: 'maitred.call',
        createdAt: expect.stringMatching(/^\d+$/),
        id: '0',
        number: 2,
        method: 'tools/call',
        tool: 'brew',
        requestId: 'request 2',
        arrivedAtMs: expect.any(Number),
        ranAtMs: null,
        answeredAtMs: null,
        outcome: null,
        waitsFor: null,
        progressCount: 0,
        progress: null,
        request: { text: '{}', sizeBytes: 2, isTruncated: false },
        answer: null,
      },
    ]);
  });

  it('are recorded once, after the turn, if they are answered at once', async () => {
    const { begin, end, follow, recorded, outcomes } = someCalls();
    follow();
    for (const number of [1, 2]) {
      begin(number);
      end(number);
    }
    expect(recorded).toEqual([]);
    await expect.poll(() => recorded.length).toBe(2);
    expect(outcomes()).toEqual([
      [1, 'result'],
      [2, 'result'],
    ]);
  });

  it('are recorded again when they wait, run and get progress, at most ten times a second, and when they are answered', () => {
    stopTime();
    const { callLog, begin, end, follow, waitFor, calls } = someCalls();
    follow();
    const seen = () =>
      calls().map(({ waitsFor, ranAtMs, progress, outcome }) => [waitsFor, ranAtMs, progress, outcome]);
    waitFor(['audit']);
    begin(1);
    vi.advanceTimersByTime(1_000);
    waitFor(null);
    callLog.run('request 1');
    vi.advanceTimersByTime(50);
    for (const number of upTo(100)) callLog.progress(1, `${number}`);
    vi.advanceTimersByTime(49);
    expect(seen()).toHaveLength(2);
    vi.advanceTimersByTime(1_000);
    end(1);
    vi.advanceTimersByTime(1);
    expect(seen()).toEqual([
      [['audit'], null, null, null],
      [null, 1_001_000, null, null],
      [null, 1_001_000, '99', null],
      [null, 1_001_000, '99', 'result'],
    ]);
  });

  it('are only counted beyond 200 a second; of those that failed some more are recorded', () => {
    stopTime();
    const { begin, end, follow, outcomes, counts } = someCalls();
    follow();
    for (const number of upTo(400)) begin(number);
    for (const number of upTo(300)) end(number);
    for (const number of upTo(100)) end(300 + number, 'error');
    vi.advanceTimersByTime(1_000);
    const ended = outcomes().map(([, outcome]) => outcome);
    expect(ended.filter((outcome) => outcome === 'result')).toHaveLength(200);
    expect(ended.filter((outcome) => outcome === 'error')).toHaveLength(50);
    expect(counts()).toEqual([
      expect.objectContaining({ fromMs: 1_000_000, toMs: expect.any(Number), calls: 150, failed: 50 }),
    ]);
    begin(1_000);
    end(1_000);
    vi.advanceTimersByTime(1);
    expect(outcomes().at(-1)).toEqual([1_000, 'result']);
  });

  it('are never left as running: what was recorded as pending gets its answer, however many others are counted', () => {
    stopTime();
    const { begin, end, follow, outcomes, counts } = someCalls();
    follow();
    const slow = upTo(40);
    for (const number of slow) begin(number);
    vi.advanceTimersByTime(100);
    expect(outcomes()).toEqual(slow.map((number) => [number, null]));
    for (const number of upTo(1_000)) {
      begin(1_000 + number);
      end(1_000 + number);
    }
    for (const number of slow) end(number);
    vi.advanceTimersByTime(1_000);
    expect(counts().reduce((sum, { calls }) => sum + calls, 0)).toBe(840);
    const last = new Map(outcomes() as [number, CallOutcome | null][]);
    expect(last.size).toBe(200);
    expect([...last.values()].every((outcome) => outcome === 'result')).toBe(true);
  });

  it('are counted at most ten times a second', () => {
    stopTime();
    const { begin, end, follow, counts } = someCalls();
    follow();
    let number = 0;
    for (const _ of upTo(100)) {
      for (const __ of upTo(100)) {
        number += 1;
        begin(number);
        end(number);
      }
      vi.advanceTimersByTime(10);
    }
    expect(counts().length).toBeGreaterThan(5);
    expect(counts().length).toBeLessThanOrEqual(10);
  });

  it('are recorded a last time when recording ends, and then no more', () => {
    const { begin, end, follow, outcomes } = someCalls();
    const { stop } = follow();
    begin(1);
    begin(2);
    end(2);
    stop();
    end(1);
    expect(outcomes()).toEqual([
      [2, 'result'],
      [1, null],
    ]);
  });

  it('from before the recording are shown to a watcher without a number, with their newest time', () => {
    stopTime();
    const { begin, end, follow } = someCalls();
    begin(1);
    vi.advanceTimersByTime(10);
    end(1);
    const followed = follow();
    const [line, ...others] = [...followed.introduce(() => false)].map((text) => JSON.parse(text));
    expect(line).toMatchObject({ id: null, createdAt: '1000010', number: 1, outcome: 'result' });
    expect(others).toEqual([]);
  });

  it('that were only counted are not shown to a later watcher', () => {
    stopTime();
    const { begin, end, follow } = someCalls();
    const followed = follow();
    vi.advanceTimersByTime(1);
    for (const number of upTo(300)) {
      begin(number);
      end(number);
    }
    vi.advanceTimersByTime(1_000);
    expect([...followed.introduce(() => true)]).toHaveLength(200);
    expect([...followed.introduce(() => false)]).toHaveLength(0);
  });

  it('have the ids that their clients gave them; of two with the same one, the newest counts', () => {
    const { callLog, follow } = someCalls();
    const { numberOf } = follow();
    for (const number of [1, 2]) {
      callLog.begin({ id: 'same', number, tool: 'brew', arrivedAtMs: 0 }, 'tools/call', undefined, '{}');
      if (number === 1) callLog.end('same', 'result', '{}');
    }
    expect([numberOf('same'), numberOf('other'), numberOf(undefined)]).toEqual([2, undefined, undefined]);
  });
});
