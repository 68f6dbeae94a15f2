import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type ClientCalls, createClientConnections } from '../../src/app/client-connections.ts';
import type { Host } from '../../src/app/host.ts';
import { createLifecycleView } from '../../src/app/lifecycle-view.ts';
import { describeStdioHost } from '../../src/app/stdio-host.ts';
import { defaultEarlySettings } from '../../src/domain/early-settings.ts';
import { type ShutdownTrigger, shutdownPolicyFor } from '../../src/domain/shutdown-policy.ts';
import type { StartupTaskRecord, StartupTaskStatus } from '../../src/domain/startup-task.ts';
import type { PendingCalls } from '../../src/front/pending-calls.ts';

const handshake = {
  protocolVersions: ['2025-06-18'],
  initializeHead: '{"protocolVersion":',
  initializeTail: ',"capabilities":{}}',
  tools: [],
};
const fault = { code: 'unavailable', message: 'The server is shutting down.' } as const;

const taskThatIs = (status: StartupTaskStatus): StartupTaskRecord => ({
  status,
  gating: true,
  attempts: 1,
  startedAtMs: 0,
  endedAtMs: null,
  cause: null,
});

/** The host of `serve`, which runs one call at a time; its backend loads until the test says that it is there. */
function aStdioHost() {
  const view = createLifecycleView();
  const records: Record<string, StartupTaskRecord> = { backend: taskThatIs('running'), audit: taskThatIs('running') };
  const taken: PendingCalls[] = [];
  const host = {
    context: {
      nodeProcess: { env: {}, stdin: new PassThrough(), stdout: new PassThrough() },
      settings: { current: { ...defaultEarlySettings, maxInFlight: 1 } },
      log: { info: () => undefined },
      logFile: () => null,
      place: { callLogFile: null },
    },
    lifecycle: { ...view, records },
    connections: { ...createClientConnections(), add: ({ calls }: ClientCalls) => taken.push(calls) },
    send: () => undefined,
  } as unknown as Host;
  const kind = describeStdioHost(host, handshake);
  kind.wireTransport();
  const [calls] = taken;
  if (calls === undefined) throw new Error('the host has no calls');
  const { signal } = new AbortController();
  return {
    calls,
    finishBackend() {
      records.backend = taskThatIs('done');
      calls.reconsider();
    },
    drain: (trigger: ShutdownTrigger) => kind.drain(shutdownPolicyFor(trigger, 60_000), fault, signal),
  };
}

/** Asks for a slot, and says what came of it. */
function ask(calls: PendingCalls, id: number, needs: readonly string[] = []): Promise<string> {
  const run = async () => {
    await calls.acquireSlot(calls.add(id, 'brew', needs, undefined));
    return 'runs';
  };
  return run().catch((problem: Error) => {
    calls.settle(id);
    return problem.message;
  });
}

describe('A call that waits when the input ends', () => {
  it('for a slot only, is served', async () => {
    const { calls, drain } = aStdioHost();
    const [first, second] = [ask(calls, 1), ask(calls, 2)];
    expect(await first).toBe('runs');
    expect(calls.waiting).toHaveLength(1);
    const drained = drain('eof');
    expect(calls.waiting).toHaveLength(1);
    calls.settle(1);
    expect(await second).toBe('runs');
    calls.settle(2);
    await drained;
  });

  it('for the backend only, is served', async () => {
    const { calls, finishBackend, drain } = aStdioHost();
    const waits = ask(calls, 1, ['backend']);
    const drained = drain('eof');
    finishBackend();
    expect(await waits).toBe('runs');
    calls.settle(1);
    await drained;
  });

  it.each([[['audit']], [['backend', 'audit']]])('for another task (%j), is refused', async (needs) => {
    const { calls, drain } = aStdioHost();
    const waits = ask(calls, 1, needs);
    expect(calls.waiting).toHaveLength(1);
    const drained = drain('eof');
    expect(calls.waiting).toEqual([]);
    expect(await waits).toBe(fault.message);
    await drained;
  });
});

describe('A call that waits when a signal comes', () => {
  it.each<[string, readonly string[]]>([
    ['a slot', []],
    ['the backend', ['backend']],
  ])('for %s, is refused, and the call that runs may finish', async (_, needs) => {
    const { calls, drain } = aStdioHost();
    expect(await ask(calls, 1)).toBe('runs');
    const waits = ask(calls, 2, needs);
    const drained = drain('signal');
    expect(await waits).toBe(fault.message);
    expect(calls.inFlight).toBe(1);
    calls.settle(1);
    await drained;
  });
});

it('A call that comes after the end of the input is refused', async () => {
  const { calls, drain } = aStdioHost();
  await drain('eof');
  expect(await ask(calls, 1)).toBe(fault.message);
});
