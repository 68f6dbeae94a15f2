import type { ErrorDetails } from '../app-error.ts';
import { isJsonObject } from '../json-object.ts';
import type { StepResult } from '../recipe/settle-step.ts';
import { readOutputLines } from './output-lines.ts';

/** A session with one of these reasons has worked, and its work can be continued. */
const limitReasons: readonly unknown[] = ['resume', 'drain_race'];
/** With one of these it can be run again as it is. */
const againReasons: readonly unknown[] = ['stale', 'clone_contamination'];

/**
 * What the answer of a tool means for the step that called it. The names of its fields are those of the wire. Output lines of a session or a command
 * are fields of the result, too, where the answer has no such field.
 */
export function outcomeOfOutput(tool: string, output: unknown): StepResult {
  const result = isJsonObject(output) ? { ...readOutputLines(tool, output), ...output } : (output ?? null);
  return { kind: kindOf(output), result };
}

function kindOf(output: unknown): StepResult['kind'] {
  if (!isJsonObject(output)) return 'success';
  const { success, passed, error, needs_retry: needsRetry, retry_reason: reason, subtype } = output;
  if (needsRetry === true) {
    if (subtype === 'stale' || againReasons.includes(reason)) return 'needs_retry';
    return limitReasons.includes(reason) ? 'context_limit' : 'failure';
  }
  const hasError = success !== true && typeof error === 'string' && error !== '';
  return success === false || passed === false || hasError ? 'failure' : 'success';
}

export interface CallFault {
  readonly code: string;
  readonly message: string;
  readonly details?: ErrorDetails;
}

/** A call that was refused, or that failed without an answer: conditions can read `result.error` and `result.code`. */
export const outcomeOfFault = ({ code, message, details = {} }: CallFault): StepResult => ({
  kind: 'failure',
  result: { success: false, error: message, code, details },
});
