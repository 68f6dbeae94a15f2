import { encodeJson } from '../../encode-json.ts';
import { readDecimal } from '../../expression/decimal.ts';
import { referencesOf } from '../../expression/references-of.ts';
import type { Expression, ExpressionNode, FilterName, ReferenceNode, Template } from '../../expression/syntax-tree.ts';
import { textOf } from '../../expression/value-text.ts';
import type { JsonObject } from '../../json-object.ts';
import type { GraphCapture, GraphInput, GraphStep, RecipeGraph } from '../recipe-graph.ts';

/** Values that together lead each condition of a recipe to each of its outcomes: the language has no arithmetic, so these are few. */
export interface AbstractValues {
  /** The variables that conditions read: `inputs.audit`, `context.verdict`. */
  readonly variables: readonly string[];
  valuesOf(variable: string): readonly unknown[];
  /** Results of a step that make a difference; null: more than can be tried. */
  resultsOf(step: GraphStep): readonly JsonObject[] | null;
  /** The part of a result that steps read that only choose a route. */
  routedPartOf(result: unknown): JsonObject;
  /** How long a list has to be for a condition at most. */
  readonly longestList: number;
}

/** The variable for the last result. */
export const lastResult = 'result';

const mostResults = 1_024;
/** To a comparison, what is missing is like any other value; only what else reads it tells the two apart. */
const missing = undefined;
const other = '~other';
const another = '~another';

/** Values by the path below a variable. */
type Atoms = Map<string, { readonly path: readonly string[]; readonly values: Map<string, unknown> }>;

export function abstractValues(graph: RecipeGraph): AbstractValues {
  const atoms = new Map<string, Atoms>();
  const links: (readonly [Leaf, Leaf])[] = [];
  let longestList = 2;
  const add = ({ variable, path, filters }: Leaf, value: unknown) => {
    const ofVariable: Atoms = atoms.get(variable) ?? new Map();
    atoms.set(variable, ofVariable);
    const key = path.join('.');
    const found = ofVariable.get(key) ?? { path, values: new Map<string, unknown>() };
    ofVariable.set(key, found);
    const source = sourceOf(value, filters);
    if (Array.isArray(source)) longestList = Math.max(longestList, source.length);
    const text = source === missing ? 'missing' : encodeJson(source);
    const isNew = !found.values.has(text);
    found.values.set(text, source);
    return isNew;
  };
  const collect = (step: GraphStep, { root }: Expression) => {
    const visit = (node: ExpressionNode): void => {
      if (node.kind === 'comparison') compare(node);
      else if (node.kind === 'and' || node.kind === 'or') for (const each of node.operands) visit(each);
      else if (node.kind === 'not') visit(node.operand);
      else if (node.kind === 'conditional')
        for (const each of [node.condition, node.whenTrue, node.whenFalse]) visit(each);
      else
        for (const leaf of leavesOf(node, step))
          if ('variable' in leaf) for (const value of [missing, other]) add(leaf, value);
    };
    const compare = ({ left, right, operator }: Extract<ExpressionNode, { kind: 'comparison' }>) => {
      const [lefts, rights] = [leavesOf(left, step), leavesOf(right, step)];
      for (const node of [left, right]) if (node.kind === 'conditional') visit(node.condition);
      for (const a of lefts)
        for (const b of rights) {
          if ('variable' in a && 'variable' in b) {
            links.push([a, b]);
            for (const leaf of [a, b]) for (const value of [missing, other, another]) add(leaf, value);
          } else if ('variable' in a !== 'variable' in b) {
            const [leaf, literal] = 'variable' in a ? [a, b] : [b, a];
            if (!('variable' in leaf) || 'variable' in literal) continue;
            for (const value of valuesAround(literal.value, operator)) add(leaf, value);
            if (leaf.filters.some((filter) => filter !== 'trim')) add(leaf, missing);
          }
        }
    };
    visit(root);
  };
  for (const step of graph.steps) for (const condition of conditionsOf(step)) collect(step, condition);
  // What is not there equals an empty text; only another false value can be told apart from it.
  for (const [variable, paths] of atoms)
    for (const { path, values } of paths.values())
      if (
        values.has('missing') &&
        [...values.values()].some((value) => value !== missing && textOf(value).trim() === '')
      )
        add({ variable, path, filters: [] }, false);
  // Values go from what reads them to where they come from, until nothing is new.
  const flows = [...links, ...links.map(([a, b]) => [b, a] as const)];
  const routes = routesByResult(graph);
  for (const step of graph.steps) {
    if (step.kind === 'route') continue;
    if (step.arms.some(({ to }) => routes.has(to)))
      flows.push([
        { variable: lastResult, path: [], filters: [] },
        { variable: resultOf(step), path: [], filters: [] },
      ]);
    for (const capture of step.captures)
      for (const leaf of capturedLeaves(capture, step)) {
        flows.push([{ variable: `context.${capture.name}`, path: [], filters: [] }, leaf]);
        if (capture.isList && atoms.has(`context.${capture.name}`)) add(leaf, missing);
      }
  }
  for (let isChanged = true, rounds = 0; isChanged && rounds < 20; rounds += 1) {
    isChanged = false;
    for (const [from, to] of flows)
      for (const { path, values } of [...(atoms.get(from.variable)?.values() ?? [])]) {
        if (!startsWith(path, from.path)) continue;
        const below = { ...to, path: [...to.path, ...path.slice(from.path.length)] };
        for (const value of [...values.values()]) if (add(below, value)) isChanged = true;
      }
  }

  const inputs = new Map(graph.inputs.map((input) => [`inputs.${input.name}`, input]));
  const known = new Map<string, readonly unknown[]>();
  const valuesOf = (variable: string) => {
    const found = known.get(variable) ?? inputValues(inputs.get(variable)) ?? shapesOf(atoms.get(variable));
    known.set(variable, found);
    return found;
  };
  const routedNames = new Set([...(atoms.get(lastResult)?.values() ?? [])].map(({ path }) => path[0] ?? ''));
  return {
    variables: [...atoms.keys()].filter((variable) => !variable.startsWith(`${lastResult}@`)),
    valuesOf,
    longestList: longestList + 1,
    resultsOf(step) {
      const constant = step.templates.constant;
      if (constant !== undefined && 'literal' in constant) return [constant.literal as JsonObject];
      const shapes = shapesOf(atoms.get(resultOf(step)), mostResults);
      if (shapes.length > mostResults) return null;
      const objects = shapes.filter((shape) => typeof shape === 'object' && shape !== null);
      return objects.length === 0 ? [{}] : (objects as readonly JsonObject[]);
    },
    routedPartOf: (result) =>
      Object.fromEntries(Object.entries(Object(result) as JsonObject).filter(([name]) => routedNames.has(name))),
  };
}

/** All conditions that a step evaluates. */
const conditionsOf = ({ skip, expect, arms }: GraphStep): readonly Expression[] =>
  [skip, expect, ...arms.map(({ when }) => when)].filter((condition) => condition !== null);

/** The routes that read the result of the step in front of them, also by way of other routes. */
function routesByResult({ steps }: RecipeGraph): ReadonlySet<string> {
  const readers = steps.filter((step) => step.kind === 'route' && conditionsOf(step).some(isAboutResult));
  const found = new Set(readers.map(({ name }) => name));
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const { kind, name, arms } of steps)
      if (kind === 'route' && arms.some(({ to }) => found.has(to))) found.add(name);
  }
  return found;
}

const isAboutResult = (condition: Expression) =>
  referencesOf(condition).references.some(({ namespace }) => namespace === 'result');

const resultOf = ({ name }: GraphStep) => `${lastResult}@${name}`;

/** The name of the variable that a reference in a step reads, and the path below it. */
export function variableOf({ namespace, path }: ReferenceNode, step: GraphStep): Omit<Leaf, 'filters'> {
  if (namespace === 'result') return { variable: step.kind === 'route' ? lastResult : resultOf(step), path };
  const [name = '', ...below] = path;
  return { variable: `${namespace}.${name}`, path: below };
}

interface Leaf {
  readonly variable: string;
  readonly path: readonly string[];
  readonly filters: readonly FilterName[];
}

/** What the value of an expression can be taken from. */
function leavesOf(
  node: ExpressionNode,
  step: GraphStep,
  filters: readonly FilterName[] = [],
): readonly (Leaf | { readonly value: unknown })[] {
  if (node.kind === 'reference') return [{ ...variableOf(node, step), filters }];
  if (node.kind === 'filtered') return leavesOf(node.input, step, [...node.filters, ...filters]);
  if (node.kind === 'conditional')
    return [node.whenTrue, node.whenFalse].flatMap((each) => leavesOf(each, step, filters));
  if (node.kind === 'literal') return [{ value: node.value }];
  return node.kind === 'word' ? [{ value: node.name }] : [{ value: true }, { value: false }];
}

function capturedLeaves({ value }: GraphCapture, step: GraphStep): readonly Leaf[] {
  if (!('template' in value)) return [];
  return leavesInTemplate(value.template, step);
}

const leavesInTemplate = ({ parts }: Template, step: GraphStep): readonly Leaf[] =>
  parts.flatMap((part) =>
    part.kind === 'text' ? [] : leavesOf(part.expression.root, step).filter((leaf) => 'variable' in leaf),
  );

/** What a comparison with a literal tells apart. */
function valuesAround(literal: unknown, operator: string): readonly unknown[] {
  if (operator === '==' || operator === '!=') return [literal, other];
  const number = Number(literal);
  return readDecimal(String(literal)) === null ? [other] : [number - 1, number, number + 1, other];
}

/** A value from which the filters make this one. */
function sourceOf(value: unknown, filters: readonly FilterName[]): unknown {
  return filters.reduceRight<unknown>((found, filter) => {
    if (filter === 'json') return encodeJson(found ?? null);
    if (filter !== 'length') return found;
    const length = Number(found);
    return Number.isInteger(length) && length >= 0 && length <= 50 ? Array.from({ length }, () => other) : found;
  }, value);
}

function inputValues(input: GraphInput | undefined): readonly unknown[] | null {
  if (input?.type === 'boolean') return [true, false];
  return input?.type === 'choice' && input.choices !== undefined ? input.choices : null;
}

const startsWith = (path: readonly string[], start: readonly string[]) => start.every((name, at) => path[at] === name);

/** The values of a variable: those of itself, and maps with those below it. At most one more than `most`. */
function shapesOf(atoms: Atoms | undefined, most = Number.POSITIVE_INFINITY): readonly unknown[] {
  const all = [...(atoms?.values() ?? [])];
  const own = all.filter(({ path }) => path.length === 0).flatMap(({ values }) => [...values.values()]);
  const below = all.filter(({ path }) => path.length > 0);
  if (below.length === 0) return own;
  let maps: readonly JsonObject[] = [{}];
  for (const { path, values } of below) {
    maps = maps.flatMap((map) =>
      [...values.values()].map((value) => (value === missing ? map : withValue(map, path, value))),
    );
    if (maps.length > most) return maps;
  }
  return [...own, ...maps];
}

function withValue(map: JsonObject, [name = '', ...below]: readonly string[], value: unknown): JsonObject {
  const inner = Object.hasOwn(map, name) ? map[name] : undefined;
  return { ...map, [name]: below.length === 0 ? value : withValue(Object(inner) as JsonObject, below, value) };
}
