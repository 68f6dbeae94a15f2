import { evaluate } from './evaluate.ts';
import { referencesOf } from './references-of.ts';
import type { Expression } from './syntax-tree.ts';
import { isTruthy } from './value-text.ts';

/** Whether a condition is true whatever happens in a run. */
export const isAlwaysTrue = (condition: Expression): boolean =>
  referencesOf(condition).references.length === 0 && isTruthy(evaluate(condition, {}).value);
