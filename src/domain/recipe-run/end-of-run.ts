import { isJsonObject } from '../json-object.ts';
import type { RunEnd } from '../recipe/recipe-run.ts';
import { budgetsText, type RunBudgets } from '../recipe/run-spending.ts';
import type { RunEnded } from './journal-record.ts';

export interface EndingRun {
  readonly budgets: RunBudgets;
  /** Who cancelled it; null: nobody did. */
  readonly cancelledBy: string | null;
  /** Whether something that it used has no known price. */
  readonly hasUnknownUsd: boolean;
}

/** The last record of a run that has not been interrupted. */
export function endOfRun(end: RunEnd & { readonly state: RunEnded['state'] }, run: EndingRun): RunEnded {
  const { state, exhausted, output } = end;
  return { k: 'run_ended', state, reason: reasonOf(end, run), exhausted, output: isJsonObject(output) ? output : null };
}

function reasonOf(
  { state, at, message, fault, exhausted }: RunEnd,
  { budgets, cancelledBy, hasUnknownUsd }: EndingRun,
): string {
  if (fault !== null) return fault.message;
  switch (state) {
    case 'cancelled':
      return `${cancelledBy ?? 'Somebody'} cancelled it in the step ${at}.`;
    case 'budget_exhausted':
      if (exhausted === 'usd' && hasUnknownUsd)
        return `What the run costs is not known, so ${budgetsText({ usd: budgets.usd ?? 0 })} does not allow the step ${at}.`;
      return exhausted === null
        ? `The step ${at} was entered too often: give it max_visits, or the run a budget of visits.`
        : `The budget ${budgetsText({ [exhausted]: budgets[exhausted] })} is used up before the step ${at}.`;
    case 'failed':
      return `The step ${at} failed, and the recipe leads to no other step: a person has to look.`;
    default:
      return message ?? `The recipe ended after the step ${at}.`;
  }
}
