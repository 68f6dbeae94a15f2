import { EventEmitter } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { NodeProcess } from '../../src/app/node-process.ts';
import type { LaterTasks } from '../../src/app/open-services.ts';
import { runRecipe } from '../../src/app/order.ts';
import type { ProgramFiles } from '../../src/app/program-files.ts';
import * as settings from '../../src/app/settings.ts';
import * as work from '../../src/app/work.ts';
import type { RunRequest, RunWatcher } from '../../src/cli/cli-host.ts';
import { AppError } from '../../src/domain/app-error.ts';
import type { RunEnded } from '../../src/domain/recipe-run/journal-record.ts';
import type { LiveRun, RunListener, RunProgress, RunResult } from '../../src/domain/recipe-run/live-run.ts';
import type { ServerRecord } from '../../src/domain/server-record.ts';
import { stateFolderAt } from '../../src/domain/state-folder.ts';
import type { ResumeSpec, RunSpec } from '../../src/runners/recipe-runs.ts';
import { tempFolder } from '../doubles/temp-folder.ts';

/** A run that goes on as the test says. */
function aRun() {
  const listeners = new Set<RunListener>();
  let settle: (result: RunResult) => void = () => undefined;
  let progress = { state: 'running', gate: null } as RunProgress;
  const run: LiveRun = {
    runId: 'a-run',
    get progress() {
      return progress;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    cancel: () => undefined,
    answer: async () => undefined,
    ended: new Promise((resolve) => {
      settle = resolve;
    }),
  };
  return {
    run,
    change(next: Partial<RunProgress>) {
      progress = { ...progress, ...next };
      for (const { onProgress } of listeners) onProgress?.(progress);
    },
    end: (state: RunEnded['state']) => settle({ state, ended: { reason: `It ${state}.` } as RunEnded }),
    interrupt: () => settle({ state: 'interrupted', reason: 'maitred is shutting down.' }),
  };
}

const aGate = { gate: 'gate-1', step: 'ask', asks: 'approval', shownHash: 'a-hash', shown: 'Go on?' } as const;
const aStart: RunRequest = {
  kind: 'start',
  project: null,
  recipe: './small.yaml',
  inputs: { n: '1' },
  budgets: { usd: 1 },
};

interface World {
  readonly request?: RunRequest;
  readonly watcher?: Partial<RunWatcher>;
  readonly tasks?: LaterTasks;
  prepare?(): void;
  start?(): Promise<never>;
}

/** Runs a recipe in the test's process: only its signals and its exit are of its own. */
function anOrder({ request = aStart, watcher, tasks, prepare, start }: World = {}) {
  const dir = tempFolder();
  const projectDir = `${dir}/project`;
  mkdirSync(`${projectDir}/.maitred`, { recursive: true });
  const stateFolder = stateFolderAt(`${dir}/state`);
  const asked: unknown[] = [];
  const started: LiveRun[] = [];
  const written: string[] = [];
  const output = () => new Writable({ write: (text, _, done) => done(void written.push(String(text))) });
  const nodeProcess = Object.assign(new EventEmitter(), {
    env: { MAITRED_STATE_DIR: stateFolder.dir },
    stdout: output(),
    stderr: output(),
    pid: process.pid,
    ppid: process.ppid,
    platform: process.platform,
    cwd: () => projectDir,
    memoryUsage: process.memoryUsage,
    getuid: process.getuid,
    exit: () => asked.push('the process is ended'),
  }) as unknown as NodeProcess & EventEmitter;
  const live = aRun();
  const services = {
    recipes: {
      prepare(cwd: string, named: string, inputs: object) {
        prepare?.();
        asked.push(['prepare', cwd.replace(projectDir, '.'), named]);
        return { name: 'small', path: '/small.yaml', text: 'a text', graph: 'a graph', inputs, hides: [] };
      },
    },
    journals: {
      read: async () => ({ state: { started: { recipe: 'small' } } }),
      requestCancel: async (runId: string) => void asked.push(['requestCancel', runId]),
    },
    recipeRuns: {
      async start({ recipe, inputs, budgets, cwd }: RunSpec) {
        await start?.();
        asked.push(['start', recipe, inputs, budgets, cwd.replace(projectDir, '.')]);
        return live.run;
      },
      async resume(runId: string, { budgets, acceptsChanges }: ResumeSpec) {
        asked.push(['resume', runId, budgets, acceptsChanges]);
        return live.run;
      },
    },
  };
  const openServices = async () => ({
    services,
    tasks: { recovery: async () => void asked.push('recovery'), audit: done, upkeep: done, drift: done, ...tasks },
  });
  const chunks: Readonly<Record<string, unknown>> = { work, settings, server: { openServices } };
  const files: ProgramFiles = {
    dir: 'dist',
    load: (name) => chunks[name] as never,
    fetch: () => undefined,
    read: () => '',
    keepCompiledCode: () => undefined,
  };
  const begin = () =>
    runRecipe({ nodeProcess, files, homeDir: dir }, request, {
      leavesAtGate: false,
      mayStop: () => true,
      ...watcher,
      onStarted(run) {
        started.push(run);
        watcher?.onStarted?.(run);
      },
    });
  const untilStarted = () => expect.poll(() => started.length, { interval: 1 }).toBe(1);
  const lastRecord = () => JSON.parse(readFileSync(stateFolder.lastServerFile, 'utf8')) as ServerRecord;
  const shownState = () => {
    const [name] = readdirSync(stateFolder.serversDir);
    return (JSON.parse(readFileSync(`${stateFolder.serversDir}/${name}`, 'utf8')) as ServerRecord).state;
  };
  return { ...live, begin, untilStarted, asked, written, nodeProcess, lastRecord, shownState, projectDir };
}

const done = async () => undefined;

describe('An order', () => {
  it('starts its run once crash recovery is over, and ends with it', async () => {
    const { begin, untilStarted, end, asked, lastRecord } = anOrder();
    const exit = begin();
    await untilStarted();
    end('succeeded');
    expect(await exit).toEqual({ runId: 'a-run', state: 'succeeded', reason: 'It succeeded.' });
    expect(asked).toEqual([
      'recovery',
      ['prepare', '.', './small.yaml'],
      ['start', { name: 'small', path: '/small.yaml', text: 'a text' }, { n: '1' }, { usd: 1 }, '.'],
    ]);
    expect(lastRecord()).toMatchObject({
      shutdownTrigger: 'done',
      recipeRun: { recipe: 'small', runId: 'a-run' },
    });
  });

  it('leaves the terminal and the end of the process to the command line', async () => {
    const { begin, untilStarted, end, written, asked } = anOrder({
      tasks: { drift: () => Promise.reject(new AppError('unavailable', 'a task that fails')) },
    });
    const exit = begin();
    await untilStarted();
    end('failed');
    await exit;
    expect(written).toEqual([]);
    expect(asked).not.toContain('the process is ended');
  });

  it('goes on with a run that no process works on', async () => {
    const request = {
      kind: 'resume',
      project: null,
      runId: 'a-run',
      budgets: { usd: 2 },
      acceptsChanges: true,
    } as const;
    const { begin, untilStarted, end, asked } = anOrder({ request });
    const exit = begin();
    await untilStarted();
    end('stopped');
    expect(await exit).toMatchObject({ state: 'stopped' });
    expect(asked).toEqual(['recovery', ['resume', 'a-run', { usd: 2 }, true]]);
  });

  it('cancels a run that no process works on: the runner finds the request when it resumes the run', async () => {
    const { begin, untilStarted, end, asked } = anOrder({ request: { kind: 'cancel', project: null, runId: 'a-run' } });
    const exit = begin();
    await untilStarted();
    end('cancelled');
    expect(await exit).toMatchObject({ state: 'cancelled' });
    expect(asked).toEqual(['recovery', ['requestCancel', 'a-run'], ['resume', 'a-run', {}, false]]);
  });

  it('is refused with what is wrong with the recipe', async () => {
    const { begin } = anOrder({
      prepare: () => {
        throw new AppError('not_found', 'there is no such recipe');
      },
    });
    await expect(begin()).rejects.toMatchObject({ code: 'not_found', message: 'there is no such recipe' });
  });

  it('does not begin where a dead server may still have processes at work', async () => {
    const { begin, asked } = anOrder({
      tasks: { recovery: () => Promise.reject(new Error('a process that cannot be ended')) },
    });
    await expect(begin()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('a process that cannot be ended'),
    });
    expect(asked).toEqual([]);
  });

  it('reports a bad configuration as its own fault', async () => {
    const { begin, projectDir, asked } = anOrder();
    writeFileSync(`${projectDir}/.maitred/config.yaml`, 'logging: {level: LOUD}\n');
    expect(await begin()).toMatchObject({ fault: { code: 'invalid_input', message: expect.stringContaining('LOUD') } });
    expect(asked).toEqual([]);
  });

  it('reports a crash of the host, with the file that describes it', async () => {
    const { begin, untilStarted, nodeProcess, interrupt } = anOrder();
    const exit = begin();
    await untilStarted();
    nodeProcess.emit('uncaughtException', new Error('a defect'));
    interrupt();
    expect(await exit).toMatchObject({ fault: { code: 'internal', message: expect.stringContaining('/crashes/') } });
  });
});

describe('A gate of an order', () => {
  it('keeps it waiting for a person', async () => {
    const { begin, untilStarted, change, end, shownState } = anOrder();
    const exit = begin();
    await untilStarted();
    change({ state: 'waiting', gate: aGate });
    expect(shownState()).toBe('ready');
    change({ state: 'running', gate: null });
    end('succeeded');
    expect(await exit).toMatchObject({ state: 'succeeded' });
  });

  it('ends it where nobody can be asked', async () => {
    const { begin, untilStarted, change, interrupt } = anOrder({ watcher: { leavesAtGate: true } });
    const exit = begin();
    await untilStarted();
    change({ state: 'waiting', gate: aGate });
    change({ state: 'stopping', gate: null });
    interrupt();
    expect(await exit).toEqual({ runId: 'a-run', state: 'waiting', reason: 'The step ask waits for a person.' });
  });
});

describe('A signal', () => {
  it('interrupts the run if the command line agrees', async () => {
    const signals: string[] = [];
    const { begin, untilStarted, interrupt, nodeProcess, lastRecord } = anOrder({
      watcher: { mayStop: (signal) => signals.push(signal) === 2 },
    });
    const exit = begin();
    await untilStarted();
    nodeProcess.emit('SIGINT', 'SIGINT');
    nodeProcess.emit('SIGTERM', 'SIGTERM');
    interrupt();
    expect(await exit).toEqual({ runId: 'a-run', state: 'interrupted', reason: 'maitred is shutting down.' });
    nodeProcess.emit('SIGINT', 'SIGINT');
    expect(signals).toEqual(['SIGINT', 'SIGTERM']);
    expect(lastRecord().shutdownTrigger).toBe('signal');
  });

  it('before the run begins leaves no run', async () => {
    const { begin, nodeProcess, asked } = anOrder({
      tasks: {
        recovery: ({ signal }) =>
          new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason));
            nodeProcess.emit('SIGTERM', 'SIGTERM');
          }),
      },
    });
    expect(await begin()).toMatchObject({ fault: { code: 'cancelled' } });
    expect(asked).toEqual([]);
  });
});
