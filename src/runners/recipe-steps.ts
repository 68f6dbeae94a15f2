import { AppError, isAppError } from '../domain/app-error.ts';
import { mostSeconds } from '../domain/duration-bounds.ts';
import { encodeJson } from '../domain/encode-json.ts';
import { isJsonObject, type JsonObject } from '../domain/json-object.ts';
import type { GraphStep } from '../domain/recipe/recipe-graph.ts';
import type { RunDecision, StepOutcome } from '../domain/recipe/recipe-run.ts';
import { addSpending, type CallSpending, exhaustedBudget } from '../domain/recipe/run-spending.ts';
import { entryOfDecision } from '../domain/recipe-run/entry-of-decision.ts';
import type { JournalEntry, StepEntered } from '../domain/recipe-run/journal-record.ts';
import { outcomeOfFault, outcomeOfOutput } from '../domain/recipe-run/outcome-of-call.ts';
import { stepArguments } from '../domain/recipe-run/step-arguments.ts';
import { startTimer, wait } from '../domain/timers.ts';
import type { WorkScope } from '../machines/define-work.ts';
import type { RecipeWork, StepCall } from '../machines/recipe.machine.ts';
import type { ActiveRun, StepInWork } from './active-run.ts';
import { lostBy, sha256 } from './pick-up-run.ts';
import type { RecipeRunnerDeps } from './recipe-runs.ts';
import type { RunTable } from './run-chart.ts';

const freeOfCharge: CallSpending = { usd: 0, tokens: 0, turns: 0 };

/** The work of the steps of all runs. */
export function createStepWork(
  deps: Pick<RecipeRunnerDeps, 'log' | 'redact' | 'callTool' | 'checkResult' | 'isShuttingDown'>,
  runs: RunTable<ActiveRun>,
): RecipeWork {
  const { log, redact } = deps;

  const begin = async (
    { run: id, step: name }: StepCall,
    work: (run: ActiveRun, step: GraphStep) => Promise<StepOutcome | null>,
  ): Promise<StepOutcome> => {
    const run = runs.of(id);
    const step = run.program.steps.get(name);
    if (step === undefined) throw new AppError('internal', `the recipe has no step ${name}`);
    const attempt = async () => {
      // What the work sends reaches a chart only once its start has returned.
      await null;
      return work(run, step);
    };
    run.work = attempt();
    try {
      // Nothing comes of it where the chart has left the step: `endStep` asks for that.
      return (await run.work) ?? cancelledOutcome(freeOfCharge, 0);
    } catch (thrown) {
      // Only the journal rejects with something else than a defect. A record that is too large ends the run as a defect does.
      if (isAppError(thrown) && thrown.code !== 'internal' && thrown.code !== 'invalid_input') run.lost ??= thrown;
      throw thrown;
    }
  };

  /** Journals what was decided, and that the step begins. @returns null: it may not begin any more */
  const enter = async (run: ActiveRun, call: StepCall, work: EnteredWork): Promise<StepEntered | null> => {
    const { journal, resumed } = run;
    const entries = await entriesOf(run, call.decisions);
    run.resumed = null;
    if (run.isStopping) {
      if (entries.length > 0) await journal.write(...entries);
      return null;
    }
    const { step, visit, attempt } = call;
    const key = keyOf(run.runId, call, resumed?.entered);
    const entered: StepEntered = { k: 'entered', step, visit, attempt, key, ...work };
    await journal.write(...entries, entered);
    return entered;
  };

  const doStep = async (run: ActiveRun, step: GraphStep, call: StepCall, scope: WorkScope) => {
    if (step.kind === 'constant') {
      const entered = await enter(run, call, noTool);
      if (entered === null) return untilAborted(scope.signal);
      return { kind: 'success', result: call.values.constant ?? null, spent: { ...freeOfCharge, ms: 0 } } as const;
    }
    const args = stepArguments(step, call.values);
    const adopted = await adoptedOutcome(run, step, scope);
    if (adopted !== 'again') {
      run.resumed = null;
      return adopted;
    }
    const lost = lostBy(run.resumed?.adoption);
    const entered = await enter(run, call, { tool: step.tool, argumentsHash: sha256(encodeJson(args)), lost });
    if (entered === null) return untilAborted(scope.signal);
    return callStep(run, step, { args, entered }, scope);
  };

  /** What came of a step that was in flight at a crash; `again`: it has to be done. */
  const adoptedOutcome = async ({ resumed, journal, runId }: ActiveRun, step: GraphStep, { signal }: WorkScope) => {
    if (resumed === null) return 'again';
    const adoption = resumed.adoption ?? { state: 'again' };
    if (adoption.state === 'again') return 'again';
    if (adoption.state === 'done')
      return {
        ...checkedResult(step, redact.value(adoption.output)),
        spent: { ...(adoption.spent ?? freeOfCharge), ms: 0 },
      };
    const shown = `The step ${step.name} of the run ${runId} called ${step.tool} when its server ended, and what came of that cannot be known. Look at what it did. done: go on as after a success. again: call it again.`;
    try {
      const { decision } = await journal.ask({ step: step.name, asks: 'outcome', shown }, signal);
      if (decision === 'again') return 'again';
      return { kind: 'success', result: null, spent: { ...freeOfCharge, ms: 0 } } as const;
    } catch (thrown) {
      if (signal.aborted) return null;
      throw thrown;
    }
  };

  const callStep = async (
    run: ActiveRun,
    step: GraphStep,
    { args, entered }: { readonly args: JsonObject; readonly entered: StepEntered },
    { signal, startedBy }: WorkScope,
  ): Promise<StepOutcome | null> => {
    if (signal.aborted) return null;
    const { step: name, visit, attempt, tool, key } = entered;
    const startedAtMs = Date.now();
    const current: StepInWork = { name, visit, attempt, tool, startedAtMs, text: null, used: freeOfCharge };
    run.step = current;
    run.notifyProgress();
    const stopTimer = limitTime(run);
    const outcome = await deps.callTool({
      runId: run.runId,
      tool: step.tool ?? '',
      args,
      key,
      signal,
      startedBy,
      report(message) {
        current.text = message;
        run.notifyProgress();
      },
      onSpending(used) {
        current.used = used;
        checkBudget(run, current);
        run.notifyProgress();
      },
    });
    stopTimer();
    run.step = null;
    run.notifyProgress();
    const ms = Date.now() - startedAtMs;
    const spent = { ...current.used, ms };
    if ('output' in outcome) return { ...checkedResult(step, outcome.output), spent };
    const { fault } = outcome;
    // Of a call that the host has ended, a resumed run looks for what it did.
    if (deps.isShuttingDown() || run.isStopping) return untilAborted(signal);
    if (signal.aborted) return cancelledOutcome(current.used, ms);
    if (fault.code === 'internal') throw new AppError('internal', fault.message);
    return { ...outcomeOfFault(fault), spent };
  };

  const checkedResult = ({ name, tool, settings: { returns } }: GraphStep, output: unknown) => {
    const outcome = outcomeOfOutput(tool ?? '', output);
    const problem = returns === null || outcome.kind !== 'success' ? null : deps.checkResult(returns, outcome.result);
    if (problem === null) return outcome;
    log.warning('step_result_refused', { step: name, problem });
    const { result } = outcome;
    return { kind: 'failure' as const, result: isJsonObject(result) ? { ...result, error: problem } : result };
  };

  const checkBudget = (run: ActiveRun, { used, startedAtMs }: StepInWork) => {
    const { state } = run.journal;
    const { tokens, turns } = used;
    // What is unknown now may be known at the end of the step.
    const soFar = { usd: used.usd ?? 0, tokens, turns, ms: Date.now() - startedAtMs };
    const budget = exhaustedBudget(state.budgets, addSpending(state.spent, soFar), 0);
    if (budget !== null) run.send({ type: 'EXHAUST_BUDGET', budget });
  };

  const limitTime = (run: ActiveRun): (() => void) => {
    const { budgets, spent } = run.journal.state;
    const { ms } = budgets;
    if (ms === undefined) return () => undefined;
    const timer = startTimer(() => run.send({ type: 'EXHAUST_BUDGET', budget: 'ms' }), ms - spent.ms);
    return () => clearTimeout(timer);
  };

  const askPerson = async (run: ActiveRun, step: GraphStep, call: StepCall, { signal }: WorkScope) => {
    // A gate that was open at a crash is open still.
    const isOpen = run.resumed !== null;
    run.resumed = null;
    if (!isOpen && (await enter(run, call, noTool)) === null) return untilAborted(signal);
    const message = call.values.message ?? null;
    const shown = message === null || message === '' ? `Go on with ${step.name}?` : redact.text(String(message));
    try {
      const { decision } = await run.journal.ask({ step: step.name, asks: 'approval', shown }, signal);
      run.notifyProgress();
      const kind = decision === 'approve' ? 'success' : 'failure';
      return { kind, result: { decision }, spent: { ...freeOfCharge, ms: 0 } } as const;
    } catch (thrown) {
      if (signal.aborted) return null;
      throw thrown;
    }
  };

  const waitSeconds = async (run: ActiveRun, step: GraphStep, call: StepCall, { signal }: WorkScope) => {
    if ((await enter(run, call, noTool)) === null) return untilAborted(signal);
    const given = isJsonObject(call.values.with) ? Number(call.values.with.seconds) : Number.NaN;
    if (!(given >= 0 && given <= mostSeconds)) {
      const error = `The step ${step.name} waits for seconds, a number from 0 to ${mostSeconds}, below with.`;
      return { ...outcomeOfFault({ code: 'invalid_input', message: error }), spent: { ...freeOfCharge, ms: 0 } };
    }
    const startedAtMs = Date.now();
    const { name, visit, attempt } = { name: step.name, ...call };
    run.step = { name, visit, attempt, tool: null, startedAtMs, text: null, used: freeOfCharge };
    run.notifyProgress();
    const stopTimer = limitTime(run);
    const isOver = await wait(given * 1_000, signal).then(
      () => true,
      () => false,
    );
    stopTimer();
    run.step = null;
    const spent = { ...freeOfCharge, ms: Date.now() - startedAtMs };
    if (isOver) return { kind: 'success', result: null, spent } as const;
    return run.isStopping ? null : cancelledOutcome(freeOfCharge, spent.ms);
  };

  return {
    runStep: (call, scope) => begin(call, (run, step) => doStep(run, step, call, scope)),
    waitForAnswer: (call, scope) => begin(call, (run, step) => askPerson(run, step, call, scope)),
    waitFor: (call, scope) => begin(call, (run, step) => waitSeconds(run, step, call, scope)),
    async endStep({ run }) {
      // What was to begin in this turn has begun then.
      await null;
      // What fails now fails for the end.
      return runs.of(run).work.catch(() => null);
    },
  };
}

/** What the journal says of decisions. */
export async function entriesOf(
  { journal }: Pick<ActiveRun, 'journal'>,
  decisions: readonly RunDecision[],
): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for (const decision of decisions) {
    const isOutcome = decision.outcome !== null && decision.outcome.kind !== 'cancelled';
    entries.push(entryOfDecision(decision, isOutcome ? await journal.store(decision.outcome.result) : null));
  }
  return entries;
}

type EnteredWork = Pick<StepEntered, 'tool' | 'argumentsHash' | 'lost'>;

const noTool: EnteredWork = { tool: null, argumentsHash: null, lost: null };

/** `<run>/<step>/<visit>/<attempt>`, and with `/2`, `/3` … where the attempt is made again. */
function keyOf(runId: string, { step, visit, attempt }: StepCall, before: StepEntered | undefined): string {
  const key = `${runId}/${step}/${visit}/${attempt}`;
  if (before === undefined) return key;
  const times = before.key === key ? 1 : Number(before.key.slice(key.length + 1));
  return `${key}/${times + 1}`;
}

const cancelledOutcome = (used: CallSpending, ms: number): StepOutcome => ({
  kind: 'cancelled',
  result: null,
  spent: { ...used, ms },
});

/** The host shuts down: nothing follows from the step until the chart has left it. */
const untilAborted = (signal: AbortSignal): Promise<null> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener('abort', () => resolve(null), { once: true });
  });
