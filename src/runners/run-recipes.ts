import { randomBytes } from 'node:crypto';
import { AppError, toFault } from '../domain/app-error.ts';
import type { JsonObject } from '../domain/json-object.ts';
import type { RecipeGraph } from '../domain/recipe/recipe-graph.ts';
import { endOfRun } from '../domain/recipe-run/end-of-run.ts';
import type { RunEnded, RunStarted } from '../domain/recipe-run/journal-record.ts';
import type { RunResult } from '../domain/recipe-run/live-run.ts';
import { within } from '../domain/within.ts';
import {
  createRecipeMachine,
  type RecipeEvent,
  type RecipeMachineOutput,
  recipeWork,
} from '../machines/recipe.machine.ts';
import type { OpenedRun } from '../services/journal/owned-run.ts';
import { ActiveRun, type Program, type RunsInCommon } from './active-run.ts';
import { type Beginning, pickUpRun, sha256 } from './pick-up-run.ts';
import type { RecipeRunner, RecipeRunnerDeps } from './recipe-runs.ts';
import { createStepWork, entriesOf } from './recipe-steps.ts';
import { RunTable, runChart } from './run-chart.ts';

const interruption = (): RecipeEvent => ({ type: 'INTERRUPT' });

const compilerVersion = 1;

export function createRecipeRunner(deps: RecipeRunnerDeps): RecipeRunner {
  const { journals, redact, log, serverId, openJournal, onGateOpened } = deps;
  const giveUp = new AbortController();
  const runs = new RunTable<ActiveRun>();
  const byId = new Map<string, ActiveRun>();
  const programs = new Map<string, WeakRef<Program>>();
  let stopWatching: (() => void) | null = null;

  const actors = recipeWork.actors(createStepWork(deps, runs));

  const programOf = (hash: string, graph: () => RecipeGraph): Program => {
    const known = programs.get(hash)?.deref();
    if (known !== undefined) return known;
    const compiled = graph();
    const program: Program = {
      hash,
      graph: compiled,
      steps: new Map(compiled.steps.map((step) => [step.name, step])),
      machine: createRecipeMachine(compiled, actors),
    };
    programs.set(hash, new WeakRef(program));
    return program;
  };

  const pickUpDeps = { ...deps, programOf };

  const watch = () => {
    stopWatching ??= journals.watchRequests(serverId, (runId) => {
      const run = byId.get(runId);
      if (run !== undefined) void takeRequests(run);
    });
  };

  /** What other processes have left for the run. Never rejects: what cannot be read is no request. */
  const takeRequests = async (run: ActiveRun): Promise<void> => {
    const { journal, runId } = run;
    try {
      const who = journal.cancelRequest();
      if (who !== null) return run.cancel(who);
    } catch (problem) {
      log.warning('cancel_request_not_read', { run: runId, error: toFault(problem).message });
    }
    await journal
      .takeAnswers()
      .catch((problem) => log.warning('answers_not_taken', { run: runId, error: toFault(problem).message }));
  };

  const shared: RunsInCommon = { log, openJournal, onGateOpened, giveUp: giveUp.signal, takeRequests };

  const refuseShutdown = () => {
    if (deps.isShuttingDown())
      throw new AppError('unavailable', 'The server is shutting down: start the run again when it is back.');
  };

  /** Lets the chart begin. */
  const launch = (opened: OpenedRun, program: Program, { from, resumed, added }: Beginning): ActiveRun => {
    const id = runs.nextId();
    const run = new ActiveRun(shared, program, opened, resumed);
    runs.set(id, run);
    byId.set(run.runId, run);
    const { started, budgets } = run.journal.state;
    run.chart = runChart(
      program.machine,
      {
        name: `${program.machine.id}.${id}`,
        label: `${program.graph.name} ${run.runId}`,
        input: { run: id, inputs: { ...started.inputs, ...added }, budgets, from },
        cancel: interruption,
      },
      deps,
    );
    void settleWhenEnded(run, id, run.chart.output);
    // The shutdown has begun since the run was asked for.
    if (deps.isShuttingDown()) run.interrupt();
    return run;
  };

  const settleWhenEnded = async (run: ActiveRun, id: number, output: Promise<RecipeMachineOutput>) => {
    const { runId, journal } = run;
    let result: RunResult;
    try {
      result = await finish(run, await output);
    } catch (thrown) {
      const { message } = toFault(thrown);
      log.error('run_given_up', { run: runId, error: message });
      result = { state: 'interrupted', reason: message };
    }
    await journal.release().catch((problem) => log.warning('run_not_released', { run: runId, problem }));
    run.hasEnded = true;
    runs.delete(id);
    byId.delete(runId);
    if (byId.size === 0) {
      stopWatching?.();
      stopWatching = null;
    }
    run.notifyProgress();
    run.settle(result);
  };

  const finish = async (run: ActiveRun, output: RecipeMachineOutput): Promise<RunResult> => {
    const { state } = output;
    if (run.lost !== null) return { state: 'interrupted', reason: run.lost.message };
    if (state === 'interrupted') return { state, reason: 'The server that worked on it has shut down.' };
    const entries = await entriesOf(run, output.decisions);
    const { budgets, spent } = run.journal.state;
    const hasUnknownUsd = spent.hasUnknownUsd || output.decisions.some(({ outcome }) => outcome?.spent.usd === null);
    const ending = { budgets, cancelledBy: run.cancelledBy, hasUnknownUsd };
    const end = redact.value(endOfRun({ ...output, state }, ending)) as RunEnded;
    const ended = await run.journal.write(...entries, end).then(
      () => end,
      (thrown) => endWithout(run, thrown),
    );
    log.info('run_ended', { run: run.runId, state: ended.state, reason: ended.reason });
    return { state: ended.state, ended };
  };

  /** What the run puts out, or what its last step captures, is too large for its journal. */
  const endWithout = async ({ journal }: ActiveRun, thrown: unknown): Promise<RunEnded> => {
    const { code, message } = toFault(thrown);
    if (code !== 'invalid_input') throw thrown;
    const ended: RunEnded = { k: 'run_ended', state: 'failed', reason: message, exhausted: null, output: null };
    await journal.write(ended);
    return ended;
  };

  const runner: RecipeRunner = {
    async start({ recipe, graph, inputs, budgets, cwd, startedBy }) {
      refuseShutdown();
      deps.ensureServerRecord();
      watch();
      const text = Buffer.from(recipe.text);
      const program = programOf(sha256(text), () => graph);
      const started: Omit<RunStarted, 'k'> = {
        runId: newRunId(),
        recipe: recipe.name,
        recipePath: recipe.path,
        // One string for all runs.
        recipeHash: program.hash,
        compilerVersion,
        inputs: redact.value(inputs) as JsonObject,
        cwd,
        budgets,
        parentRun: null,
        startedBy,
      };
      const opened = await journals.create(started, text, serverId);
      log.info('run_started', { run: started.runId, recipe: recipe.name });
      return launch(opened, program, { from: null, resumed: null, added: {} });
    },
    async resume(runId, spec) {
      refuseShutdown();
      if (byId.has(runId)) throw new AppError('conflict', `The run ${runId} goes on in this server already.`);
      deps.ensureServerRecord();
      watch();
      const opened = await journals.claim(runId, serverId);
      try {
        const { opened: picked, program, cancelledBy, ...beginning } = await pickUpRun(opened, spec, pickUpDeps);
        log.info('run_resumed', { run: runId, step: beginning.from?.at ?? program.graph.initial });
        const run = launch(picked, program, beginning);
        if (cancelledBy !== null) run.cancel(cancelledBy);
        // Whoever resumes it does not see a gate as open that a person has answered meanwhile.
        if (picked.reading.state.gate !== null) await takeRequests(run);
        return run;
      } catch (thrown) {
        await opened.run.release();
        throw thrown;
      }
    },
    find: (runId) => byId.get(runId) ?? null,
    async drain(finishMs, signal) {
      const all = [...runs.values()];
      for (const run of all) run.isStopping = true;
      const working = all.filter(({ step }) => step !== null).map(({ work }) => work);
      if (finishMs > 0 && working.length > 0) await within(finishMs, Promise.allSettled(working), signal);
      const reason = new AppError('unavailable', 'The server is shutting down: resume the run.');
      for (const run of all) run.interrupt();
      giveUp.abort(reason);
      await runner.whenSettled();
    },
    async whenSettled() {
      await Promise.all([...runs.values()].map(({ ended }) => ended));
    },
  };

  deps.register(runner);
  return runner;
}

/** Sorts by time, can be read aloud, and is unique on this machine. */
function newRunId(): string {
  const time = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${time}-${randomBytes(4).toString('hex').slice(0, 6)}`;
}
