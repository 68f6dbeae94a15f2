import { type Diagnostic, type ExpressionScope, evaluate } from '../expression/evaluate.ts';
import { referencesOf } from '../expression/references-of.ts';
import type { Expression } from '../expression/syntax-tree.ts';
import { isTruthy } from '../expression/value-text.ts';
import type { JsonObject } from '../json-object.ts';
import type { ArmCause, GraphCapture, GraphStep } from './recipe-graph.ts';
import { renderValue, templatesIn } from './value-template.ts';

/** How the work of a step ended. `needs_retry`: it did not finish, and can run again as it is. */
export interface StepResult {
  readonly kind: 'success' | 'failure' | 'needs_retry' | 'context_limit';
  /** JSON; null: none. */
  readonly result: unknown;
}

/** What a run knows when the work of a step ends. */
export interface StepValues {
  readonly inputs: JsonObject;
  readonly captured: JsonObject;
  /** From 0. */
  readonly attempt: number;
}

export interface SettledStep {
  /** The index of the arm in the step. */
  readonly arm: number;
  /** Only what has changed. */
  readonly captured: JsonObject;
  readonly diagnostics: readonly Diagnostic[];
}

/** What follows from the end of a step's work. Captures come first, so that conditions can read them. */
export function settleStep(step: GraphStep, values: StepValues, { kind, result }: StepResult): SettledStep {
  const has = (cause: ArmCause) => step.arms.some((arm) => arm.cause === cause);
  const isUnfinished = kind === 'needs_retry' || (kind === 'context_limit' && !has('context_limit'));
  if (isUnfinished && has('retry') && values.attempt < step.retries)
    return { arm: step.arms.findIndex(({ cause }) => cause === 'retry'), captured: {}, diagnostics: [] };
  const diagnostics: Diagnostic[] = [];
  const captured = captureAll(step.captures, values, { result, isSuccess: kind === 'success' }, diagnostics);
  const scope = { inputs: values.inputs, context: { ...values.captured, ...captured }, result };
  const isTrue = (condition: Expression | null) => {
    if (condition === null) return true;
    const { value, diagnostics: found } = evaluate(condition, scope);
    diagnostics.push(...found);
    return isTruthy(value);
  };
  const isBroken = kind === 'success' && !isTrue(step.expect);
  const cause: ArmCause = isUnfinished ? 'exhausted' : isBroken ? 'failure' : kind;
  const known = has(cause) ? cause : 'failure';
  const arm = step.arms.findIndex((each) => each.cause === known && isTrue(each.when));
  return { arm: arm >= 0 ? arm : step.arms.findIndex((each) => each.cause === 'no_route'), captured, diagnostics };
}

/** Whether a step runs, as far as its inputs say. */
export const isSkipped = ({ skip }: GraphStep, inputs: JsonObject): boolean =>
  skip !== null && !isTruthy(evaluate(skip, { inputs }).value);

interface CaptureSource {
  readonly result: unknown;
  readonly isSuccess: boolean;
}

function captureAll(
  captures: readonly GraphCapture[],
  { inputs, captured }: StepValues,
  { result, isSuccess }: CaptureSource,
  diagnostics: Diagnostic[],
): JsonObject {
  const scope: ExpressionScope = { inputs, context: captured, result };
  const changes = captures.flatMap((capture): (readonly [string, unknown])[] => {
    const isAbsent = isMissing(capture, scope);
    if (isAbsent && (capture.isList || !isSuccess)) return [];
    const { value, diagnostics: found } = renderValue(capture.value, scope);
    diagnostics.push(...found);
    if (!capture.isList) return [[capture.name, value ?? null]];
    const added = Array.isArray(value) ? value : value === null || value === undefined || value === '' ? [] : [value];
    return [[capture.name, [...listOf(ownMember(captured, capture.name)), ...added]]];
  });
  return Object.fromEntries(changes);
}

/** Whether nothing that the capture reads exists. */
function isMissing({ value }: GraphCapture, scope: ExpressionScope): boolean {
  const references = templatesIn(value).flatMap((template) => referencesOf(template).references);
  return references.length > 0 && references.every((root) => evaluate({ source: '', root }, scope).value === undefined);
}

const ownMember = (values: JsonObject, name: string): unknown =>
  Object.hasOwn(values, name) ? values[name] : undefined;

const listOf = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null || value === '' ? [] : [value];
};
