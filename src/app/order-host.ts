import type { RunExit, RunRequest, RunWatcher } from '../cli/cli-host.ts';
import { AppError, type Fault, toFault } from '../domain/app-error.ts';
import type { LiveRun, OpenGate, RunProgress, RunResult } from '../domain/recipe-run/live-run.ts';
import { type StartupTaskName, startupTasks } from '../domain/startup-task.ts';
import { readUserName } from '../services/platform/user-name.ts';
import type { Host, HostKind } from './host.ts';
import type { SharedServices } from './services.ts';
import { createTaskRunner } from './task-runner.ts';

export interface OrderHost extends HostKind {
  /** How it ended, once it has. @throws what kept the run from beginning */
  outcome(): RunExit;
}

/** A run begins when these are done: no process of a dead server works on it any more. */
const neededTasks: readonly StartupTaskName[] = ['backend', 'recovery'];

/** The host of `maitred order`: no client, and one run of a recipe. It shuts down when that has ended. */
export function describeOrderHost(host: Host, request: RunRequest, watcher: RunWatcher): OrderHost {
  const { context, lifecycle, workers, send } = host;
  const { files, place, roots, settings, transitions, log } = context;
  let services: SharedServices | null = null;
  let recipe = request.kind === 'start' ? request.recipe : null;
  let run: LiveRun | null = null;
  let result: RunResult | null = null;
  let openGate: OpenGate | null = null;
  /** What kept the run from beginning. */
  let problem: { readonly thrown: unknown } | null = null;
  let fault: Fault | null = null;

  const loadBackend = async (signal: AbortSignal) => {
    try {
      // The heartbeat, the log and every program are in it: it must be of the same build.
      files.fetch('work');
      const opened = await files.load<typeof import('./server.ts')>('server').openServices(host, signal);
      signal.throwIfAborted();
      services = opened.services;
      tasks.add(opened.tasks);
    } catch (thrown) {
      problem ??= { thrown };
      throw thrown;
    }
  };
  const tasks = createTaskRunner({ backend: ({ signal }) => loadBackend(signal) });

  const beginRun = async (): Promise<LiveRun> => {
    if (problem !== null) throw problem.thrown;
    const failed = startupTasks.find(
      ({ name }) => neededTasks.includes(name) && lifecycle.records[name]?.status !== 'done',
    );
    if (failed !== undefined || services === null)
      throw new AppError(
        'unavailable',
        `${failed?.description} has failed: ${lifecycle.records[failed?.name ?? '']?.cause}`,
      );
    const { recipes, recipeRuns, journals } = services;
    const who = readUserName();
    if (request.kind === 'start') {
      const { name, path, text, graph, inputs } = recipes.prepare(place.workingDir, request.recipe, request.inputs);
      recipe = name;
      const { budgets } = request;
      const named = { name, path, text };
      return recipeRuns.start({ recipe: named, graph, inputs, budgets, cwd: place.projectDir, startedBy: who });
    }
    const { runId } = request;
    recipe = (await journals.read(runId)).state.started.recipe;
    // The runner finds it when it resumes the run, and ends the run.
    if (request.kind === 'cancel') await journals.requestCancel(runId, who);
    const { budgets, acceptsChanges } = request.kind === 'resume' ? request : { budgets: {}, acceptsChanges: false };
    return recipeRuns.resume(runId, { budgets, acceptsChanges, who });
  };

  const end = () => send({ type: 'SHUTDOWN_TRIGGERED', trigger: 'done', atMs: Date.now() });
  const onProgress = ({ state, gate }: RunProgress) => {
    if (state === 'stopping' || state === 'ended') return;
    openGate = gate;
    if (gate !== null && watcher.leavesAtGate) end();
  };
  const work = async () => {
    try {
      run = await beginRun();
      watcher.onStarted(run);
      run.subscribe({ onProgress });
      onProgress(run.progress);
      // The server record names it.
      workers.notify();
      result = await run.ended;
    } catch (thrown) {
      problem = { thrown };
      const { code, message } = toFault(thrown);
      const stack = thrown instanceof Error ? thrown.stack : undefined;
      if (code === 'internal') log.error('run_failed', { error: message, stack });
    }
    end();
  };

  let hasRequested = false;
  let hasBegun = false;
  lifecycle.subscribe(() => {
    const { state } = lifecycle;
    if (state === 'deferredInit' && !hasRequested) {
      hasRequested = true;
      for (const { actor } of roots) actor.system.inspect(transitions.inspect);
      // With a bad configuration there is nothing to wait for.
      if (lifecycle.fault === null) send({ type: 'BACKEND_REQUESTED', atMs: Date.now() });
      else end();
    }
    if (state === 'ready' && !hasBegun) {
      hasBegun = true;
      void work();
    }
  });

  return {
    transport: 'none',
    tasks: startupTasks,
    taskRunner: tasks,
    readEarlySettings: settings.read,
    wireTransport: () => undefined,
    openTransport: () => undefined,
    clientName: () => null,
    purpose: () => ({
      recipeRun: { recipe, runId: run?.runId ?? (request.kind === 'start' ? null : request.runId) },
    }),
    whenQuiet: async () => undefined,
    drain: async () => undefined,
    flush: async () => undefined,
    onFailed(failed) {
      fault = failed;
    },
    outcome() {
      if (fault !== null) return { fault };
      if (run === null && lifecycle.shutdown?.trigger === 'signal')
        return { fault: { code: 'cancelled', message: 'A signal ended maitred before the run began.' } };
      if (run === null || problem !== null) throw problem?.thrown;
      return exitOf(run.runId, result, openGate);
    },
  };
}

function exitOf(runId: string, result: RunResult | null, gate: OpenGate | null): RunExit {
  if (result !== null && result.state !== 'interrupted')
    return { runId, state: result.state, reason: result.ended.reason };
  if (gate !== null) return { runId, state: 'waiting', reason: `The step ${gate.step} waits for a person.` };
  return { runId, state: 'interrupted', reason: result?.reason ?? 'The process ended before the step in work did.' };
}
