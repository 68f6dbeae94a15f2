import { encodeJson } from '../../encode-json.ts';
import type { JsonObject } from '../../json-object.ts';
import type { GraphStep, RecipeGraph } from '../recipe-graph.ts';
import { isSkipped, type SettledStep, type StepResult, settleStep } from '../settle-step.ts';
import { type AbstractValues, abstractValues, lastResult } from './abstract-values.ts';
import { liveVariables } from './live-variables.ts';

/** A step, with the values of its live variables. */
export interface Configuration {
  readonly step: GraphStep;
  /** What can happen here. */
  readonly moves: Move[];
}

export interface Move {
  /** The index of the arm in the step. */
  readonly arm: number;
  /** null: an end. */
  readonly to: Configuration | null;
}

export interface Exploration {
  readonly initial: readonly Configuration[];
  /** Every configuration that a run can come into. */
  readonly configurations: readonly Configuration[];
}

const mostConfigurations = 8_000;
const mostInputs = 256;

/**
 * Which inputs runs have: every combination, the defaults, or others each time that a step reads them. The last is little work, and contains
 * what happens with every combination, and more.
 */
export type TriedInputs = 'every' | 'default' | 'changing';

/**
 * All that can happen in a run of a recipe, whatever its steps result in.
 * @param cyclic the steps that a run can come to twice
 * @returns null if that is too much
 */
export function exploreModel(graph: RecipeGraph, cyclic: ReadonlySet<string>, inputs: TriedInputs): Exploration | null {
  if (graph.steps.length > mostConfigurations) return null;
  const values = abstractValues(graph);
  const steps = modelSteps(graph, values, inputs === 'changing');
  const first = steps?.get(graph.initial);
  if (steps === null || first === undefined) return null;
  const table = new ValueTable();
  const pending: { readonly at: ModelStep; readonly configuration: Configuration; readonly ids: readonly number[] }[] =
    [];
  let count = 0;
  const configurationAt = (at: ModelStep, ids: readonly number[]): Configuration => {
    const key = ids.join();
    const known = at.configurations.get(key);
    if (known !== undefined) return known;
    const configuration: Configuration = { step: at.step, moves: [] };
    at.configurations.set(key, configuration);
    count += 1;
    pending.push({ at, configuration, ids });
    return configuration;
  };

  const starting = inputs === 'every' ? combinationsOf(first.live.filter(isInput), values) : [defaultsOf(graph)];
  if (starting === null) return null;
  const initial = starting.map((given) =>
    configurationAt(
      first,
      first.live.map((variable) => table.idOf(given.get(variable))),
    ),
  );
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (count > mostConfigurations) return null;
    const { at, configuration, ids } = next;
    const read = at.reads.map((index) => ids[index] ?? 0);
    const key = read.join();
    const effects = at.effects.get(key) ?? effectsOf(at, read, { steps, values, table, cyclic });
    at.effects.set(key, effects);
    for (const { arm, to, origins } of effects)
      configuration.moves.push({
        arm,
        to:
          to === null
            ? null
            : configurationAt(
                to,
                origins.map((origin) => (origin < 0 ? -1 - origin : (ids[origin] ?? 0))),
              ),
      });
  }
  const configurations = [...steps.values()].flatMap((step) => [...step.configurations.values()]);
  return { initial: [...new Set(initial)], configurations };
}

/** A step, and what is known of it. */
interface ModelStep {
  readonly step: GraphStep;
  /** The step with those of its captures that conditions read. */
  readonly settled: GraphStep;
  /** What tells two configurations of the step apart. */
  readonly live: readonly string[];
  /** The indexes in `live` of what the step reads. */
  readonly reads: readonly number[];
  /** Each combination of the inputs that change, of those that the step reads. */
  readonly changing: readonly GivenValues[];
  readonly outcomes: readonly StepResult[];
  /** By the values that the step reads. */
  readonly effects: Map<string, readonly Effect[]>;
  /** By the values of the live variables. */
  readonly configurations: Map<string, Configuration>;
}

function modelSteps(
  graph: RecipeGraph,
  values: AbstractValues,
  areInputsChanging: boolean,
): ReadonlyMap<string, ModelStep> | null {
  const isKept = (variable: string) => !areInputsChanging || !isInput(variable);
  const variables = liveVariables(graph, values.variables);
  const isRead = new Set(values.variables);
  const found = new Map<string, ModelStep>();
  for (const step of graph.steps) {
    const own = variables.get(step.name) ?? { live: [], reads: [] };
    const live = own.live.filter(isKept);
    const reads = own.reads.filter(isKept).map((variable) => live.indexOf(variable));
    const others = own.reads.filter((variable) => !isKept(variable));
    const changing = combinationsOf(others, values);
    const captures = step.captures.filter(({ name }) => isRead.has(`context.${name}`));
    const isResultReadLater = step.arms.some(({ to }) => variables.get(to)?.live.includes(lastResult));
    const outcomes = outcomesOf(step, values, captures.length > 0 || isResultReadLater);
    if (changing === null || outcomes === null) return null;
    found.set(step.name, {
      step,
      settled: { ...step, captures },
      live,
      reads,
      changing,
      outcomes,
      effects: new Map(),
      configurations: new Map(),
    });
  }
  return found;
}

/** Numbers for values, so that configurations are compared fast. 0: missing. */
class ValueTable {
  readonly #ids = new Map<string, number>([['undefined', 0]]);
  readonly #values: unknown[] = [undefined];

  idOf(value: unknown): number {
    const text = value === undefined ? 'undefined' : encodeJson(value);
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    this.#ids.set(text, this.#values.length);
    return this.#values.push(value) - 1;
  }

  valueOf(id: number): unknown {
    return this.#values[id];
  }
}

interface Scope {
  readonly inputs: JsonObject;
  readonly captured: JsonObject;
  readonly result: unknown;
}

function scopeOf(values: readonly (readonly [string, unknown])[]): Scope {
  const of = (namespace: string) =>
    Object.fromEntries(
      values
        .filter(([variable, value]) => variable.startsWith(`${namespace}.`) && value !== undefined)
        .map(([variable, value]) => [variable.slice(namespace.length + 1), value]),
    );
  const [, result = null] = values.find(([variable]) => variable === lastResult) ?? [];
  return { inputs: of('inputs'), captured: of('context'), result };
}

/** What can happen in a step that reads certain values. */
interface Effect {
  readonly arm: number;
  /** null: an end. */
  readonly to: ModelStep | null;
  /** For each live variable there: the index of the variable here, or -1 minus the number of its new value. */
  readonly origins: readonly number[];
}

interface EffectDeps {
  readonly steps: ReadonlyMap<string, ModelStep>;
  readonly values: AbstractValues;
  readonly table: ValueTable;
  readonly cyclic: ReadonlySet<string>;
}

function effectsOf(
  at: ModelStep,
  read: readonly number[],
  { steps, values, table, cyclic }: EffectDeps,
): readonly Effect[] {
  const { step, settled, live, outcomes } = at;
  const found = new Map<string, Effect>();
  const add = ({ arm, captured }: Pick<SettledStep, 'arm' | 'captured'>, result: unknown) => {
    const to = steps.get(step.arms[arm]?.to ?? '') ?? null;
    const newValueOf = (variable: string) => {
      if (variable === lastResult) return result === undefined ? undefined : values.routedPartOf(result);
      const name = variable.slice('context.'.length);
      return isInput(variable) || !Object.hasOwn(captured, name) ? undefined : shortened(captured[name], values);
    };
    const origins = (to?.live ?? []).map((variable) => {
      const value = newValueOf(variable);
      const index = live.indexOf(variable);
      return value === undefined && index >= 0 ? index : -1 - table.idOf(value);
    });
    found.set(`${arm} ${origins.join()}`, { arm, to, origins });
  };
  const addArm = (cause: string) =>
    add({ arm: step.arms.findIndex((arm) => arm.cause === cause), captured: {} }, undefined);
  if (cyclic.has(step.name)) addArm('exceeded');
  const known = at.reads.map((index, order) => [live[index] ?? '', table.valueOf(read[order] ?? 0)] as const);
  for (const given of at.changing) {
    const scope = scopeOf([...known, ...given]);
    if (isSkipped(step, scope.inputs)) addArm('skipped');
    else if (step.kind === 'route')
      add(settleStep(settled, { ...scope, attempt: 0 }, { kind: 'success', result: scope.result }), undefined);
    else if (step.kind !== 'stop')
      for (const outcome of outcomes)
        for (const attempt of attemptsOf(step, outcome))
          add(settleStep(settled, { ...scope, attempt }, outcome), outcome.result);
  }
  return [...found.values()];
}

/** An outcome that asks for another attempt has one, or has none left. */
const attemptsOf = ({ retries }: GraphStep, { kind }: StepResult): readonly number[] =>
  kind === 'needs_retry' || kind === 'context_limit' ? [...new Set([0, retries])] : [0];

/**
 * How a step can end.
 * @param isResultKept whether the result can make a difference where it does not choose the next step
 */
function outcomesOf(step: GraphStep, values: AbstractValues, isResultKept: boolean): readonly StepResult[] | null {
  const results = values.resultsOf(step);
  if (results === null) return null;
  const successes = results.map((result): StepResult => ({ kind: 'success', result }));
  if (step.kind === 'constant') return successes;
  const isChosenByFailure = step.arms.some(({ cause, when }) => cause === 'failure' && when !== null);
  const others = isResultKept || isChosenByFailure ? results : results.slice(0, 1);
  const kinds: readonly StepResult['kind'][] =
    step.kind === 'tool' || step.kind === 'refused' ? ['failure', 'needs_retry', 'context_limit'] : ['failure'];
  return [...successes, ...kinds.flatMap((kind) => others.map((result) => ({ kind, result })))];
}

const isInput = (variable: string) => variable.startsWith('inputs.');

type GivenValues = ReadonlyMap<string, unknown>;

/** Each combination of values that variables can have; null: too many. */
function combinationsOf(variables: readonly string[], values: AbstractValues): readonly GivenValues[] | null {
  let found: readonly GivenValues[] = [new Map()];
  for (const variable of variables) {
    found = found.flatMap((given) => values.valuesOf(variable).map((value) => new Map(given).set(variable, value)));
    if (found.length > mostInputs) return null;
  }
  return found;
}

const defaultsOf = ({ inputs }: RecipeGraph): GivenValues =>
  new Map(inputs.map(({ name, default: value }) => [`inputs.${name}`, value ?? undefined]));

/** Lists that are longer than every condition asks for are the same. */
const shortened = (value: unknown, { longestList }: AbstractValues): unknown =>
  Array.isArray(value) ? value.slice(0, longestList) : value;
