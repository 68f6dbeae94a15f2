import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Host, HostKind } from '../../src/app/host.ts';
import type { NodeProcess } from '../../src/app/node-process.ts';
import type { ProgramFiles } from '../../src/app/program-files.ts';
import { runHost } from '../../src/app/run-host.ts';
import { createServerContext } from '../../src/app/server-context.ts';
import { createTaskRunner } from '../../src/app/task-runner.ts';
import * as work from '../../src/app/work.ts';
import { defaultEarlySettings } from '../../src/domain/early-settings.ts';
import { noServeFlags } from '../../src/domain/serve-flags.ts';
import type { ServerRecord } from '../../src/domain/server-record.ts';
import type { StartupTask } from '../../src/domain/startup-task.ts';
import { createCallLog } from '../../src/front/call-log.ts';
import { createPendingCalls } from '../../src/front/pending-calls.ts';
import { tempFolder } from '../doubles/temp-folder.ts';

const task: StartupTask = {
  name: 'backend',
  description: 'loading',
  gating: true,
  timeLimitMs: 60_000,
  follows: null,
};

/** A process that lives in the test's process: only its signals and its exit are of its own. */
function aProcess() {
  const events = new EventEmitter();
  const exited = new Promise<number>((resolve) => events.once('gone', resolve));
  const nodeProcess = Object.assign(events, {
    argv: [],
    execArgv: [],
    execPath: process.execPath,
    env: {},
    stdin: process.stdin,
    stdout: new Writable({ write: (_, __, done) => done() }),
    stderr: new Writable({ write: (_, __, done) => done() }),
    pid: process.pid,
    ppid: process.ppid,
    platform: process.platform,
    exitCode: undefined,
    cwd: () => '/',
    memoryUsage: process.memoryUsage,
    getuid: process.getuid,
    exit: (code: number) => events.emit('gone', code),
  }) as unknown as NodeProcess & EventEmitter;
  return { nodeProcess, exited };
}

/** Runs a host without a transport; its task settles when the test says so. */
function aHost(kind: Partial<HostKind> = {}) {
  const homeDir = tempFolder();
  const { nodeProcess, exited } = aProcess();
  const files: ProgramFiles = {
    dir: 'dist',
    load: () => work as never,
    fetch: () => undefined,
    read: () => '',
    keepCompiledCode: () => undefined,
  };
  const context = createServerContext({
    nodeProcess,
    files,
    homeDir,
    readFlags: () => noServeFlags,
  });
  let host: Host | null = null;
  let finishTask: () => void = () => undefined;
  const taskDone = new Promise<void>((resolve) => {
    finishTask = resolve;
  });
  runHost(context, (made) => {
    host = made;
    return {
      transport: 'none',
      tasks: [task],
      taskRunner: createTaskRunner({ backend: () => taskDone }),
      clientName: () => null,
      readEarlySettings: () => ({ settings: defaultEarlySettings, fault: null }),
      wireTransport: () => undefined,
      // Nobody asks for the backend: the host starts its tasks once it is there.
      openTransport: () => void setImmediate(() => made.send({ type: 'BACKEND_REQUESTED', atMs: Date.now() })),
      whenQuiet: async () => undefined,
      drain: async () => undefined,
      flush: async () => undefined,
      ...kind,
    };
  });
  if (host === null) throw new Error('the host has not been described');
  const running: Host = host;
  const untilState = (state: string) => expect.poll(() => running.lifecycle.state).toBe(state);
  return { host: running, context, nodeProcess, exited, finishTask, untilState };
}

function aClient({ connections }: Host) {
  const calls = createPendingCalls({
    maxInFlight: 1,
    maxWaiting: 10,
    waitMs: 60_000,
    waitLimitName: 'a.setting',
    hasSettings: true,
    task: () => null,
    nextNumber: connections.nextCallNumber,
    logFile: () => null,
    retryTask: () => undefined,
    sendProgress: () => undefined,
    onEdge: () => undefined,
  });
  const callLog = createCallLog(calls.waitsFor);
  return {
    calls,
    leave: connections.add({ calls, callLog }),
    call(id: number, tool: string) {
      const call = calls.add(id, tool, [], undefined);
      callLog.begin(call, 'tools/call', undefined, '{}');
      return call;
    },
  };
}

describe('A host without a client', () => {
  it('has the same life cycle: it starts its tasks, writes its record, drains its workers and exits at a signal', async () => {
    const { host, context, nodeProcess, exited, finishTask, untilState } = aHost();
    const { serversDir, lastServerFile } = context.place.stateFolder;
    const drained: number[] = [];
    host.workers.add({ drain: async (finishMs) => void drained.push(finishMs) });
    await untilState('deferredInit');
    finishTask();
    await untilState('ready');
    await expect.poll(() => existsSync(`${serversDir}/${context.serverId}.json`)).toBe(true);
    nodeProcess.emit('SIGTERM', 'SIGTERM');
    expect(await exited).toBe(0);
    expect(drained).toEqual([defaultEarlySettings.drainMs]);
    expect(existsSync(`${serversDir}/${context.serverId}.json`)).toBe(false);
    const last = JSON.parse(readFileSync(lastServerFile, 'utf8')) as ServerRecord;
    expect(last).toMatchObject({ state: 'shutdown', shutdownTrigger: 'signal', callsInFlight: 0 });
  });

  it('does not end with the parent or with stdin: only a signal ends it', async () => {
    const { host, nodeProcess, exited, finishTask, untilState } = aHost();
    finishTask();
    await untilState('ready');
    expect(nodeProcess.listenerCount('SIGTERM')).toBeGreaterThan(0);
    expect(host.connections.inFlight).toBe(0);
    nodeProcess.emit('SIGINT', 'SIGINT');
    expect(await exited).toBe(0);
  });

  it('exits with the code of a fault when an error is not caught, and writes a crash file', async () => {
    const { context, nodeProcess, exited, finishTask, untilState } = aHost();
    await untilState('deferredInit');
    nodeProcess.emit('uncaughtException', new Error('a defect'));
    finishTask();
    expect(await exited).toBe(70);
    expect(existsSync(context.place.stateFolder.crashesDir)).toBe(true);
  });

  it('writes one crash file, of the first crash, when others follow it', async () => {
    const { context, nodeProcess, exited, finishTask, untilState } = aHost();
    await untilState('deferredInit');
    nodeProcess.emit('uncaughtException', new Error('the first defect'));
    nodeProcess.emit('unhandledRejection', new Error('a consequence'));
    nodeProcess.emit('uncaughtException', new Error('another consequence'));
    finishTask();
    expect(await exited).toBe(70);
    const { crashesDir, lastServerFile } = context.place.stateFolder;
    const crashes = readdirSync(crashesDir).map((name) => readFileSync(`${crashesDir}/${name}`, 'utf8'));
    expect(crashes).toEqual([expect.stringContaining('the first defect')]);
    // Here no process ends: the host writes its last file, which must not come after its folder is removed.
    await expect.poll(() => existsSync(lastServerFile)).toBe(true);
  });
});

describe('A host whose state folder cannot be written', () => {
  it('is ready all the same, says so once, and has its record as soon as it can', async () => {
    const { host, context, nodeProcess, exited, finishTask, untilState } = aHost();
    const { dir, serversDir, formatFile, lastServerFile } = context.place.stateFolder;
    mkdirSync(dirname(dir), { recursive: true });
    writeFileSync(dir, 'a file in its place');
    finishTask();
    await untilState('ready');
    await expect.poll(() => host.lifecycle.degraded).not.toEqual([]);
    const refusal = expect.objectContaining({ code: 'unavailable', message: expect.stringContaining(dir) });
    expect(() => host.ensureServerRecord()).toThrow(refusal);
    expect(() => host.ensureServerRecord()).toThrow(refusal);
    expect(host.lifecycle.degraded.filter(({ what }) => what === 'the server record')).toHaveLength(1);

    rmSync(dir);
    host.ensureServerRecord();
    expect(existsSync(`${serversDir}/${context.serverId}.json`)).toBe(true);
    expect(existsSync(formatFile)).toBe(true);
    nodeProcess.emit('SIGTERM', 'SIGTERM');
    expect(await exited).toBe(0);
    expect(existsSync(lastServerFile)).toBe(true);
  });

  it('ends as it should when it never could', async () => {
    const { host, context, nodeProcess, exited, finishTask, untilState } = aHost();
    const { dir } = context.place.stateFolder;
    mkdirSync(dirname(dir), { recursive: true });
    writeFileSync(dir, 'a file in its place');
    finishTask();
    await untilState('ready');
    nodeProcess.emit('SIGTERM', 'SIGTERM');
    expect(await exited).toBe(0);
    expect(host.lifecycle.degraded).toContainEqual({
      what: 'the server record',
      cause: expect.stringMatching(/MAITRED_STATE_DIR/),
    });
  });

  it('writes nothing to a folder of another format', async () => {
    const { host, context, nodeProcess, exited, finishTask, untilState } = aHost();
    const { dir, formatFile } = context.place.stateFolder;
    mkdirSync(dir, { recursive: true });
    writeFileSync(formatFile, '3\n');
    finishTask();
    await untilState('ready');
    expect(() => host.ensureServerRecord()).toThrow(expect.objectContaining({ code: 'conflict' }));
    nodeProcess.emit('SIGTERM', 'SIGTERM');
    expect(await exited).toBe(0);
    expect(readdirSync(dir)).toEqual([basename(formatFile)]);
  });
});

describe('The shutdown of a host', () => {
  it.each([
    ['a crash', (nodeProcess: EventEmitter) => nodeProcess.emit('uncaughtException', new Error('a defect')), 1_000],
    ['a signal', (nodeProcess: EventEmitter) => nodeProcess.emit('SIGTERM', 'SIGTERM'), 500],
  ])('after %s leaves child processes the time of its policy from the first abort on', async (_, trigger, graceMs) => {
    const graces: number[] = [];
    const { host, nodeProcess, exited, finishTask, untilState } = aHost({
      drain: async () => void graces.push(host.workers.graceMs),
    });
    await untilState('deferredInit');
    trigger(nodeProcess);
    finishTask();
    await exited;
    expect(graces).toEqual([graceMs]);
  });

  it('keeps the server record until a slow task has settled: others must not take over what the task still uses', async () => {
    const seen: boolean[] = [];
    const { context, nodeProcess, exited, finishTask, untilState } = aHost({
      flush: async () =>
        void setImmediate(() => {
          seen.push(existsSync(recordFile));
          finishTask();
        }),
    });
    const recordFile = `${context.place.stateFolder.serversDir}/${context.serverId}.json`;
    await untilState('deferredInit');
    await expect.poll(() => existsSync(recordFile)).toBe(true);
    nodeProcess.emit('SIGTERM', 'SIGTERM');
    expect(await exited).toBe(0);
    expect([...seen, existsSync(recordFile)]).toEqual([true, false]);
  });

  it.each([
    ['a signal', 'SIGTERM', 0],
    ['a crash', 'uncaughtException', 70],
  ])('after %s lets every runner leave just before the exit, once', async (_, event, exitCode) => {
    const order: unknown[] = [];
    const { host, nodeProcess, exited, finishTask, untilState } = aHost({
      flush: async () => void order.push('flush'),
    });
    host.workers.add({ leave: () => void order.push('leave') });
    nodeProcess.once('gone', (code) => order.push(code));
    await untilState('deferredInit');
    nodeProcess.emit(event, event);
    finishTask();
    await exited;
    expect(order).toEqual(['flush', 'leave', exitCode]);
  });
});

describe('A host with several clients', () => {
  it('counts the calls of all of them', async () => {
    const { host, nodeProcess, exited, finishTask, untilState } = aHost();
    const [first, second] = [aClient(host), aClient(host)];
    for (const { calls, call } of [first, second]) void calls.acquireSlot(call(1, 'runs'));
    first.calls.park(first.call(2, 'waits'), ['backend'], () => undefined);
    expect(host.connections.inFlight).toBe(2);
    expect(host.connections.waiting).toMatchObject([{ tool: 'waits', waitsFor: ['backend'] }]);
    const kept = [...host.connections.clients].flatMap(({ callLog }) => [...callLog.entries()]);
    expect(kept.map(({ number, tool, waitsFor }) => [number, tool, waitsFor])).toEqual([
      [1, 'runs', null],
      [3, 'waits', ['backend']],
      [2, 'runs', null],
    ]);
    first.leave();
    expect([host.connections.inFlight, host.connections.waiting]).toEqual([1, []]);
    finishTask();
    await untilState('ready');
    nodeProcess.emit('SIGTERM', 'SIGTERM');
    expect(await exited).toBe(0);
  });
});
