import { isAlwaysTrue } from '../expression/is-always-true.ts';
import { parseExpression } from '../expression/parse-expression.ts';
import type { Expression } from '../expression/syntax-tree.ts';
import { toolRefusal } from './known-tools.ts';
import type { RecipeStep } from './recipe.schema.ts';
import type { Recipe } from './recipe.ts';
import {
  type ArmCause,
  type GraphArm,
  type GraphCapture,
  type GraphStep,
  type GraphStepKind,
  type RecipeGraph,
  templateKeys,
} from './recipe-graph.ts';
import { parseValue } from './value-template.ts';

/** How often a run enters a step that does not say so. */
const defaultVisits = 20;

const defaultRetries = 3;

/**
 * Compiles a recipe without errors to its graph. Of a recipe with errors, what can be understood is compiled: a target that does not exist is
 * `$escalate`, and a condition that cannot be read is false.
 */
export function compileRecipe(recipe: Recipe): RecipeGraph {
  const { file, inputs, steps } = recipe;
  const compiled = [...steps].map(([name, step]) => compileStep(name, step, recipe));
  const [first = campaign] = compiled;
  return {
    name: file.name ?? 'recipe',
    description: file.description ?? null,
    inputs: [...inputs].map(([name, input]) => ({ ...input, name })),
    initial: first.name,
    steps: compiled.length === 0 ? [campaign] : compiled,
  };
}

function compileStep(name: string, step: RecipeStep, recipe: Recipe): GraphStep {
  const path = ['steps', name];
  const kind = kindOf(step);
  const refusal = refusalOf(name, step);
  const skip = skipOf(step);
  const isDeclared = step.max_visits !== undefined;
  return {
    name,
    kind,
    description: step.description ?? describe(kind, step),
    path,
    tool: step.tool ?? null,
    refusal,
    skip,
    visits: { most: step.max_visits ?? defaultVisits, isDeclared },
    retries: step.retries ?? defaultRetries,
    expect: step.expect === undefined ? null : conditionOf(step.expect),
    captures: [...capturesIn(step.capture, false), ...capturesIn(step.capture_list, true)],
    templates: Object.fromEntries(
      templateKeys.filter((key) => step[key] !== undefined).map((key) => [key, parseValue(step[key])]),
    ),
    settings: {
      githubToken: step.github_token ?? null,
      isIdempotent: step.idempotent ?? false,
      staleThresholdSeconds: step.stale_threshold ?? null,
      idleOutputTimeoutSeconds: step.idle_output_timeout ?? null,
      returns: step.returns ?? null,
    },
    arms: kind === 'stop' ? [] : armsOf(name, step, { kind, skip, isDeclared, recipe }),
  };
}

function kindOf(step: RecipeStep): GraphStepKind {
  if (step.tool !== undefined) return toolRefusal(step.tool) === null ? 'tool' : 'refused';
  if (step.constant !== undefined) return 'constant';
  return step.action ?? 'refused';
}

const refusedKinds = {
  python: 'calls a Python function',
  sub_recipe: 'stands for the steps of another recipe',
  call: 'runs another recipe',
  for_each: 'runs steps for each item of a list',
  parallel: 'runs steps at the same time',
} as const satisfies Partial<Record<keyof RecipeStep, string>>;

function refusalOf(name: string, step: RecipeStep): string | null {
  if (kindOf(step) !== 'refused') return null;
  if (step.tool !== undefined) return `The step ${name} calls ${step.tool}, ${toolRefusal(step.tool)}`;
  const [, what] = Object.entries(refusedKinds).find(([key]) => Object.hasOwn(step, key)) ?? [];
  if (what === undefined) return `The step ${name} does nothing: add tool, action or constant.`;
  return `The step ${name} ${what}, which this version of maitred does not do: use a tool step, or a later version.`;
}

const descriptions: Readonly<Record<Exclude<GraphStepKind, 'tool'>, string>> = {
  constant: 'Has a constant as its result.',
  route: 'Chooses the next step.',
  confirm: 'Waits until a person agrees or refuses.',
  wait: 'Waits.',
  stop: 'Ends the run.',
  refused: 'Is not executed by this version.',
};

const describe = (kind: GraphStepKind, { tool }: RecipeStep): string =>
  kind === 'tool' || tool !== undefined ? `Calls ${tool}.` : descriptions[kind];

/** The steps of a sub-recipe take part if an input says so. */
function skipOf({ skip_when_false: written, gate, sub_recipe: subRecipe }: RecipeStep): Expression | null {
  if (subRecipe !== undefined && gate !== undefined) return conditionOf(`inputs.${gate}`);
  return written === undefined ? null : conditionOf(written);
}

/** Of what cannot be read, a condition that is false. */
function conditionOf(written: string | boolean): Expression {
  const parsed = parseExpression(String(written));
  if (!('fault' in parsed)) return parsed;
  return { source: String(written), root: { kind: 'literal', value: false, offset: 0, length: 0 } };
}

const capturesIn = (captures: RecipeStep['capture'], isList: boolean): readonly GraphCapture[] =>
  Object.entries(captures ?? {}).map(([name, value]) => ({ name, isList, value: parseValue(value) }));

interface ArmSource {
  readonly kind: GraphStepKind;
  readonly skip: Expression | null;
  readonly isDeclared: boolean;
  readonly recipe: Recipe;
}

type Key = 'on_success' | 'on_failure' | 'on_context_limit' | 'on_exhausted' | 'on_exceeded';

function armsOf(name: string, step: RecipeStep, { kind, skip, isDeclared, recipe }: ArmSource): readonly GraphArm[] {
  const at = ['steps', name];
  const targetOf = (target: string) => {
    if (recipe.steps.has(target)) return target;
    return target === 'done' ? '$done' : '$escalate';
  };
  /** To what a key names, or else to where the language says. */
  const arm = (cause: ArmCause, key: Key, otherwise: string, label: string = cause): GraphArm => {
    const written = step[key];
    if (written === undefined) return { cause, when: null, to: otherwise, label, path: null };
    return { cause, when: null, to: targetOf(written), label, path: [...at, key] };
  };
  const implied = (cause: ArmCause, to: string, label: string): GraphArm => ({
    cause,
    when: null,
    to,
    label,
    path: null,
  });
  const successes: readonly GraphArm[] =
    step.on_result === undefined
      ? [arm('success', 'on_success', '$done')]
      : routesOf(step.on_result).map(({ when, route, key }) => ({
          cause: 'success',
          when,
          to: targetOf(route),
          label: when?.source ?? 'otherwise',
          path: [...at, 'on_result', ...key],
        }));
  const isTotal = successes.some(({ when }) => when === null);
  const noRoute = isTotal ? [] : [arm('no_route', 'on_failure', '$escalate', 'no route')];
  const success = [...successes, ...noRoute];
  const exceeded = isDeclared
    ? arm('exceeded', 'on_exceeded', '$escalate', `entered more than ${step.max_visits} times`)
    : implied('exceeded', '$budget_exhausted', `entered more than ${defaultVisits} times`);
  const skipped =
    skip === null ? [] : [implied('skipped', skipTarget(name, step, success, recipe), `not ${skip.source}`)];
  const isContinued = step.continue_on_failure === true && step.on_failure === undefined;
  const failure: readonly GraphArm[] = isContinued
    ? success.map((each) => ({ ...each, cause: 'failure', label: `failure, ${each.label}` }))
    : [arm('failure', 'on_failure', '$escalate')];
  const begin = [exceeded, ...skipped];
  if (kind === 'route') return [...begin, ...success];
  if (kind === 'constant' || kind === 'confirm' || kind === 'wait') return [...begin, ...failure, ...success];
  return [
    ...begin,
    ...(kind === 'refused' ? [implied('refused', '$faulted', 'not in this version')] : []),
    ...(step.on_context_limit === undefined
      ? []
      : [arm('context_limit', 'on_context_limit', '$escalate', 'context limit')]),
    ...(step.retries === 0 ? [] : [implied('retry', name, 'retry')]),
    arm('exhausted', 'on_exhausted', '$escalate', 'no retries left'),
    ...failure,
    ...success,
  ];
}

/** As after a success without a result. Without the steps of a sub-recipe, the step behind it comes next. */
function skipTarget(name: string, step: RecipeStep, success: readonly GraphArm[], { steps }: Recipe): string {
  if (step.sub_recipe !== undefined) {
    const names = [...steps.keys()];
    return names[names.indexOf(name) + 1] ?? '$done';
  }
  return (success.find(({ when }) => when === null) ?? success.at(-1))?.to ?? '$escalate';
}

interface Route {
  readonly when: Expression | null;
  readonly route: string;
  readonly key: readonly PropertyKey[];
}

function routesOf(onResult: NonNullable<RecipeStep['on_result']>): readonly Route[] {
  if (Array.isArray(onResult))
    return onResult.map(({ when = true, route }, index) => ({
      when: unlessAlways(conditionOf(when)),
      route,
      key: [index, 'route'],
    }));
  const { field, routes } = onResult;
  return Object.entries(routes).map(([value, route]) => ({
    when: fieldIs(field, value),
    route,
    key: ['routes', value],
  }));
}

/** null for a condition that is always true. */
const unlessAlways = (condition: Expression): Expression | null => (isAlwaysTrue(condition) ? null : condition);

function fieldIs(field: string, value: string): Expression {
  const place = { offset: 0, length: 0 };
  return {
    source: `result.${field} == '${value}'`,
    root: {
      kind: 'comparison',
      operator: '==',
      left: { kind: 'reference', namespace: 'result', path: [field], ...place },
      right: { kind: 'literal', value, ...place },
      ...place,
    },
  };
}

/** What stands for the runs of a campaign. */
const campaign: GraphStep = {
  name: 'dispatches',
  kind: 'refused',
  description: 'The runs of other recipes.',
  path: ['dispatches'],
  tool: null,
  refusal: 'The recipe is a campaign, which this version of maitred does not run: run its recipes one by one.',
  skip: null,
  visits: { most: defaultVisits, isDeclared: false },
  retries: 0,
  expect: null,
  captures: [],
  templates: {},
  settings: {
    githubToken: null,
    isIdempotent: false,
    staleThresholdSeconds: null,
    idleOutputTimeoutSeconds: null,
    returns: null,
  },
  arms: [
    { cause: 'refused', when: null, to: '$faulted', label: 'not in this version', path: null },
    { cause: 'failure', when: null, to: '$escalate', label: 'failure', path: null },
    { cause: 'success', when: null, to: '$done', label: 'success', path: null },
  ],
};
