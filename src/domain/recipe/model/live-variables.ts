import { referencesOf } from '../../expression/references-of.ts';
import type { Expression } from '../../expression/syntax-tree.ts';
import type { GraphArm, GraphStep, RecipeGraph } from '../recipe-graph.ts';
import { lastResult, variableOf } from './abstract-values.ts';

export interface StepVariables {
  /** Those that its own conditions read, and the lists that it adds to. */
  readonly reads: readonly string[];
  /** Those that the step or one behind it reads before they are written again. */
  readonly live: readonly string[];
}

/** Only live variables tell two configurations of a run apart. */
export function liveVariables(graph: RecipeGraph, tracked: readonly string[]): ReadonlyMap<string, StepVariables> {
  const isTracked = new Set(tracked);
  const reads = new Map(graph.steps.map((step) => [step.name, readsOf(step).filter((name) => isTracked.has(name))]));
  const live = new Map(graph.steps.map(({ name }) => [name, new Set(reads.get(name))]));
  for (let isChanged = true; isChanged; ) {
    isChanged = false;
    for (const step of graph.steps.toReversed()) {
      const own = live.get(step.name);
      for (const arm of step.arms)
        for (const variable of live.get(arm.to) ?? []) {
          if (own === undefined || own.has(variable) || isWritten(step, arm, variable)) continue;
          own.add(variable);
          isChanged = true;
        }
    }
  }
  return new Map(
    graph.steps.map(({ name }) => [name, { reads: reads.get(name) ?? [], live: [...(live.get(name) ?? [])] }]),
  );
}

function readsOf(step: GraphStep): readonly string[] {
  const { skip, expect, arms, captures } = step;
  const variablesIn = (conditions: readonly (Expression | null)[]) =>
    conditions
      .flatMap((condition) => (condition === null ? [] : referencesOf(condition).references))
      .map((reference) => variableOf(reference, step).variable);
  const isSuccess = ({ cause }: GraphArm) => cause === 'success';
  const whensOf = (some: readonly GraphArm[]) => some.map(({ when }) => when);
  const captured = new Set(captures.filter(({ isList }) => !isList).map(({ name }) => `context.${name}`));
  // After a success, its conditions read what the step itself has captured.
  const afterSuccess = variablesIn([expect, ...whensOf(arms.filter(isSuccess))]).filter((name) => !captured.has(name));
  const lists = captures.filter(({ isList }) => isList).map(({ name }) => `context.${name}`);
  return [
    ...new Set([...variablesIn([skip, ...whensOf(arms.filter((arm) => !isSuccess(arm)))]), ...afterSuccess, ...lists]),
  ];
}

/** Whether the variable certainly has a new value behind the arm. */
function isWritten({ kind, captures }: GraphStep, { cause }: GraphArm, variable: string): boolean {
  if (kind === 'route' || cause === 'skipped' || cause === 'exceeded' || cause === 'retry') return false;
  if (variable === lastResult) return true;
  const isSuccess = cause === 'success' || cause === 'no_route';
  return isSuccess && captures.some(({ name, isList }) => !isList && variable === `context.${name}`);
}
