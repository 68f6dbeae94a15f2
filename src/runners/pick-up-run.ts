import { createHash } from 'node:crypto';
import { AppError, toFault } from '../domain/app-error.ts';
import { encodeJson } from '../domain/encode-json.ts';
import type { JsonObject } from '../domain/json-object.ts';
import type { GraphStep, RecipeGraph } from '../domain/recipe/recipe-graph.ts';
import { armBeforeWork, beginRun, type RunPosition, renderStep } from '../domain/recipe/recipe-run.ts';
import { budgetNames, exhaustedBudget, type RunBudgets, type StepSpending } from '../domain/recipe/run-spending.ts';
import type { Adoption } from '../domain/recipe-run/adoption.ts';
import { foldJournal, type RunState } from '../domain/recipe-run/fold-journal.ts';
import type { JournalEntry, RunEnded, StepEntered } from '../domain/recipe-run/journal-record.ts';
import { positionOf } from '../domain/recipe-run/run-position.ts';
import { stepArguments } from '../domain/recipe-run/step-arguments.ts';
import type { OpenedRun, OwnedRun } from '../services/journal/owned-run.ts';
import type { Program, ResumedStep } from './active-run.ts';
import type { RecipeRunnerDeps, ResumeSpec } from './recipe-runs.ts';

/** Where and how the chart of a run begins. */
export interface Beginning {
  /** null: at the first step. */
  readonly from: RunPosition | null;
  readonly resumed: ResumedStep | null;
  /** Inputs that a changed recipe has added, with their defaults. */
  readonly added: JsonObject;
}

export interface PickedUpRun extends Beginning {
  /** With what was journalled to pick it up. */
  readonly opened: OpenedRun;
  readonly program: Program;
  /** Who asked for it to be cancelled; null: nobody did. */
  readonly cancelledBy: string | null;
}

interface PickUpDeps extends Pick<RecipeRunnerDeps, 'journals' | 'readRecipeText' | 'compile' | 'adopt'> {
  programOf(hash: string, graph: () => RecipeGraph): Program;
}

/**
 * Finds where a claimed run goes on, and what its step in flight has done.
 * @throws AppError as `RecipeRuns.resume`
 */
export async function pickUpRun(opened: OpenedRun, spec: ResumeSpec, deps: PickUpDeps): Promise<PickedUpRun> {
  const { run: owned, reading } = opened;
  const { started, ended, inFlight, next, budgets } = reading.state;
  const { runId } = started;
  const cancelledBy = owned.cancelRequest();
  if (ended !== null) refuseEnded(reading.state, ended, spec.budgets);
  // A run that only ends does not follow what has changed.
  const recipe =
    cancelledBy === null ? followedRecipe(reading.state, spec, deps) : keptRecipe(reading.state, deps.journals);
  const program = deps.programOf(recipe.hash, () => deps.compile(recipe.text, started.recipePath));
  const { initial, inputs } = program.graph;
  const at = inFlight?.step ?? next ?? initial;
  const step = program.steps.get(at);
  if (step === undefined)
    throw new AppError('conflict', `The run ${runId} is at the step ${at}, which the recipe has no more: put it back.`);
  const added = defaultsOf(inputs, started.inputs);
  const entries: JournalEntry[] = [];
  if (recipe.isChanged) {
    if (inFlight !== null) requireSameWork(reading.state, step, program, { ...started.inputs, ...added });
    await owned.putBlob(Buffer.from(recipe.text));
    entries.push({ k: 'accepted_changes', recipeHash: recipe.hash, who: spec.who });
  }
  if (Object.keys(spec.budgets).length > 0)
    entries.push({ k: 'budget_changed', budgets: { ...budgets, ...spec.budgets }, who: spec.who });
  const state = await appendAll(owned, reading.state, entries);
  const resumed = inFlight === null ? null : await lookAt(inFlight, { state, added, program }, deps);
  const lost = lostBy(resumed?.adoption);
  const isFresh = inFlight === null && state.visits.size === 0;
  const from = isFresh ? null : positionOf(state, { initial, result: resultOf(state, deps.journals), lost });
  return { opened: { run: owned, reading: { ...reading, state } }, program, cancelledBy, from, resumed, added };
}

interface FollowedRecipe {
  readonly text: string;
  readonly hash: string;
  readonly isChanged: boolean;
}

/** The recipe that a run follows from now on. */
function followedRecipe(
  state: RunState,
  { acceptsChanges }: ResumeSpec,
  { readRecipeText, journals }: PickUpDeps,
): FollowedRecipe {
  const { started, recipeHash } = state;
  const { runId, recipePath } = started;
  const now = readRecipeText(recipePath);
  const hash = now === null ? recipeHash : sha256(now);
  if (now === null || hash === recipeHash) return keptRecipe(state, journals);
  if (acceptsChanges) return { text: now, hash, isChanged: true };
  throw new AppError(
    'conflict',
    `${recipePath} has changed since the run ${runId} followed it: put it back, or accept the changes (--accept-changes).`,
    { details: { path: recipePath } },
  );
}

/** The recipe that it has followed until now. */
function keptRecipe({ started, recipeHash }: RunState, journals: PickUpDeps['journals']): FollowedRecipe {
  const { runId } = started;
  const kept = recipeHash === started.recipeHash ? journals.readRecipe(runId) : journals.readBlob(runId, recipeHash);
  if (sha256(kept) === recipeHash) return { text: kept.toString(), hash: recipeHash, isChanged: false };
  throw new AppError('conflict', `The copy of the recipe in the folder of the run ${runId} was changed: put it back.`);
}

async function appendAll(owned: OwnedRun, state: RunState, entries: readonly JournalEntry[]): Promise<RunState> {
  const records = await Promise.all(entries.map((entry) => owned.append(entry)));
  const { state: after, damage } = foldJournal(records, state);
  if (after === null || damage !== null) throw new AppError('internal', `${damage?.problem}`);
  return after;
}

function resultOf({ started: { runId }, result }: RunState, { readBlob }: PickUpDeps['journals']): unknown {
  if (result === null) return null;
  return 'value' in result ? result.value : JSON.parse(readBlob(runId, result.blob).toString());
}

interface LookedAt extends Pick<Beginning, 'added'> {
  readonly state: RunState;
  readonly program: Program;
}

/** What a step in flight did before the crash. */
async function lookAt(
  entered: StepEntered,
  { state, added, program }: LookedAt,
  { adopt }: PickUpDeps,
): Promise<ResumedStep> {
  const step = program.steps.get(entered.step);
  if (step === undefined || step.tool === null || entered.tool === null) return { entered, adoption: null };
  // A person was asked what came of it.
  if (state.gate !== null || state.answer !== null) return { entered, adoption: { state: 'unknown' } };
  const inputs = { ...state.started.inputs, ...added };
  const captured = Object.fromEntries(state.captured);
  const args = stepArguments(step, renderStep(step, { inputs, captured }).values);
  const isSame = entered.argumentsHash === sha256(encodeJson(args)) && entered.tool === step.tool;
  if (!isSame) return { entered, adoption: { state: 'unknown' } };
  try {
    const adoption = await adopt({ tool: step.tool, args, key: entered.key });
    const isAgain = adoption.state === 'unknown' && step.settings.isIdempotent;
    return { entered, adoption: isAgain ? { state: 'again' } : adoption };
  } catch (thrown) {
    const { code } = toFault(thrown);
    // The call was refused for the same reason before the crash, and did nothing.
    const wasRefused = code === 'invalid_input' || code === 'not_found';
    return { entered, adoption: { state: wasRefused ? 'again' : 'unknown' } };
  }
}

/** What the call that was lost in a crash had used; null: nothing. */
export const lostBy = (adoption: Adoption | null | undefined): StepSpending | null =>
  adoption?.state === 'again' && adoption.spent !== undefined ? { ...adoption.spent, ms: 0 } : null;

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** A run whose budget was used up goes on with a higher total. */
function refuseEnded(
  { started, spent, visits, budgets }: RunState,
  { state, exhausted }: RunEnded,
  given: RunBudgets,
): void {
  const { runId } = started;
  if (state !== 'budget_exhausted')
    throw new AppError('conflict', `The run ${runId} has ended (${state}): start a new one.`);
  if (exhausted === null) return;
  const total = given[exhausted];
  const visited = [...visits.values()].reduce((sum, count) => sum + count, 0);
  const isEnough = total !== undefined && exhaustedBudget({ ...budgets, ...given }, spent, visited + 1) !== exhausted;
  if (isEnough) return;
  if (exhausted === 'usd' && spent.hasUnknownUsd)
    throw new AppError(
      'conflict',
      `What the run ${runId} costs is not known, so no budget of usd can let it go on: start a new run, with other budgets.`,
    );
  const used = total === undefined ? '' : `, and has used more than ${budgetNames[exhausted]}=${total} allows`;
  throw new AppError(
    'conflict',
    `The run ${runId} has used up its budget${used}: give it a higher total (--budget ${budgetNames[exhausted]}=TOTAL).`,
  );
}

/** A step that was entered is not left without its work, and the step of an open gate is one that asks. */
function requireSameWork(state: RunState, step: GraphStep, { graph }: Program, inputs: JsonObject): void {
  const { gate, budgets, started } = state;
  const from = positionOf(state, { initial: step.name, result: null, lost: null });
  const kind = gate === null ? step.kind : gate.asks === 'approval' ? 'confirm' : 'tool';
  if (step.kind === kind && armBeforeWork(step, beginRun(graph, { inputs, budgets, from })) === null) return;
  throw new AppError(
    'conflict',
    `The run ${started.runId} is in the middle of the step ${step.name}, whose work the changed recipe leaves out or replaces: put that step back.`,
  );
}

/** The defaults of inputs that a changed recipe has added. */
function defaultsOf(inputs: RecipeGraph['inputs'], given: JsonObject): JsonObject {
  const added = inputs.filter(({ name }) => !Object.hasOwn(given, name));
  return Object.fromEntries(added.map((input) => [input.name, input.default ?? '']));
}
