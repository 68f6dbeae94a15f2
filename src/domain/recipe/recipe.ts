import { parseExpression, parseTemplate } from '../expression/parse-expression.ts';
import type { Expression, SyntaxFault, Template } from '../expression/syntax-tree.ts';
import { isJsonObject } from '../json-object.ts';
import type { RecipeFile, RecipeInput, RecipeStep } from './recipe.schema.ts';

/** What a text of a step is for. `result` exists in conditions and captures; a constant has no captures that read it. */
export type TextUse = 'condition' | 'capture' | 'constant' | 'argument' | 'message';

export interface RecipeText {
  readonly step: string;
  readonly use: TextUse;
  readonly path: readonly PropertyKey[];
  readonly parsed: Expression | Template | { readonly fault: SyntaxFault };
}

/** A recipe as the rules see it. Names that a person wrote are keys of maps, so that none of them means anything else. */
export interface Recipe {
  readonly file: RecipeFile;
  /** As it is written, with what has been left out. */
  readonly data: unknown;
  readonly inputsKey: 'inputs' | 'ingredients';
  readonly inputs: ReadonlyMap<string, RecipeInput>;
  /** In the order in which they are written. */
  readonly steps: ReadonlyMap<string, RecipeStep>;
  /** With those of steps that have been left out. */
  readonly stepNames: ReadonlySet<string>;
  /** The conditions and templates of all steps. */
  readonly texts: readonly RecipeText[];
}

/**
 * @param file the valid part
 * @param data the whole recipe, as plain data
 */
export function recipeOf(file: RecipeFile, data: unknown): Recipe {
  const inputsKey = file.inputs === undefined && file.ingredients !== undefined ? 'ingredients' : 'inputs';
  const steps = new Map(Object.entries(file.steps ?? {}));
  const inputs = namesAt(data, inputsKey).map((name) => [name, file[inputsKey]?.[name] ?? {}] as const);
  return {
    file,
    data,
    inputsKey,
    inputs: new Map(inputs),
    steps,
    stepNames: new Set(namesAt(data, 'steps')),
    texts: [...steps].flatMap(([name, step]) => [...textsOf(name, step)]),
  };
}

/** As they are written, also those of what has been left out. */
function namesAt(data: unknown, key: string): readonly string[] {
  const value = isJsonObject(data) ? data[key] : undefined;
  return isJsonObject(value) ? Object.keys(value) : [];
}

/** What a step can do. Each step does one of these. */
export const stepKinds = [
  'tool',
  'action',
  'python',
  'constant',
  'sub_recipe',
  'call',
  'for_each',
  'parallel',
] as const satisfies readonly (keyof RecipeStep)[];

/** The names that a step puts into `context`. */
export function capturesOf({ capture, capture_list: captureList, for_each: forEach }: RecipeStep): readonly string[] {
  const collected = isJsonObject(forEach) && isJsonObject(forEach.collect) ? Object.keys(forEach.collect) : [];
  return [...Object.keys(capture ?? {}), ...Object.keys(captureList ?? {}), ...collected];
}

/** Whether its steps are in another file, so that what it captures is not known here. */
export const hasStepsElsewhere = ({ sub_recipe: subRecipe, call }: RecipeStep): boolean =>
  subRecipe !== undefined || call !== undefined;

export interface Target {
  readonly path: readonly PropertyKey[];
  readonly name: string;
}

const targetKeys = ['on_success', 'on_failure', 'on_context_limit', 'on_exhausted', 'on_exceeded'] as const;

/** All that a step names as the next one. */
export function targetsOf(name: string, step: RecipeStep): readonly Target[] {
  const own = targetKeys.flatMap((key) => {
    const target = step[key];
    return target === undefined ? [] : [{ path: ['steps', name, key], name: target }];
  });
  const { on_result: onResult = [] } = step;
  const at = ['steps', name, 'on_result'];
  const routes = Array.isArray(onResult)
    ? onResult.map(({ route }, index) => ({ path: [...at, index, 'route'], name: route }))
    : Object.entries(onResult.routes).map(([value, route]) => ({ path: [...at, 'routes', value], name: route }));
  return [...own, ...routes];
}

function* textsOf(name: string, step: RecipeStep): Generator<RecipeText> {
  const at = ['steps', name];
  const { on_result: onResult, expect } = step;
  const conditions = Array.isArray(onResult) ? onResult.map(({ when }) => when) : [];
  for (const [index, when] of conditions.entries())
    if (when !== undefined)
      yield { step: name, use: 'condition', path: [...at, 'on_result', index, 'when'], parsed: conditionOf(when) };
  if (expect !== undefined)
    yield { step: name, use: 'condition', path: [...at, 'expect'], parsed: conditionOf(expect) };
  const captureUse = step.constant === undefined ? 'capture' : 'constant';
  const uses = [
    ['capture', captureUse],
    ['capture_list', captureUse],
    ['with', 'argument'],
    ['model', 'message'],
    ['message', 'message'],
    ['output', 'message'],
    ['constant', 'message'],
  ] as const;
  for (const [key, use] of uses)
    for (const { path, text } of textsIn(step[key], [...at, key]))
      yield { step: name, use, path, parsed: parseTemplate(text) };
}

/** YAML reads `when: true` as no text. */
const conditionOf = (when: string | boolean) => parseExpression(String(when));

function* textsIn(
  value: unknown,
  path: readonly PropertyKey[],
): Generator<{ readonly path: readonly PropertyKey[]; readonly text: string }> {
  if (typeof value === 'string') yield { path, text: value };
  else if (Array.isArray(value)) for (const [index, each] of value.entries()) yield* textsIn(each, [...path, index]);
  else if (isJsonObject(value)) for (const [key, each] of Object.entries(value)) yield* textsIn(each, [...path, key]);
}
