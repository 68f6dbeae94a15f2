import type { RunPosition } from '../recipe/recipe-run.ts';
import { addSpending, type StepSpending } from '../recipe/run-spending.ts';
import type { RunState } from './fold-journal.ts';

/**
 * Where the chart of a run goes on.
 * @param initial the first step of the recipe
 * @param result the last result
 * @param lost what the step in flight had used before the crash
 */
export function positionOf(
  state: RunState,
  { initial, result, lost }: { readonly initial: string; readonly result: unknown; readonly lost: StepSpending | null },
): RunPosition {
  const { inFlight, last, next, visits, captured, spent } = state;
  const isRetry = inFlight === null && last?.cause === 'retry' && last.route === next;
  const attempt = inFlight?.attempt ?? (isRetry ? last.attempt + 1 : 0);
  return {
    at: inFlight?.step ?? next ?? initial,
    isEntered: inFlight !== null || isRetry,
    visits: Object.fromEntries(visits),
    attempt,
    captured: Object.fromEntries(captured),
    result,
    spent: lost === null ? spent : addSpending(spent, lost),
  };
}
