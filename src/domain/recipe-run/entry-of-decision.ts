import type { RunDecision } from '../recipe/recipe-run.ts';
import type { StepSettled, StepSkipped } from './journal-record.ts';

/** @param result where the journal has the result of the step */
export function entryOfDecision(decision: RunDecision, result: StepSettled['result']): StepSettled | StepSkipped {
  const { step, visit, attempt, cause, to, why, outcome, captured, diagnostics } = decision;
  const route = to.startsWith('$') ? null : to;
  if (outcome === null || cause === 'cancelled' || outcome.kind === 'cancelled') {
    if (outcome === null && cause !== 'cancelled') return { k: 'skipped', step, visit, cause, captured, route, why };
    const spent = outcome?.spent ?? { usd: 0, tokens: 0, turns: 0, ms: 0 };
    const kind = 'cancelled' as const;
    return { k: 'settled', step, visit, attempt, kind, cause, result, captured, route, why, diagnostics: [], spent };
  }
  const { kind, spent } = outcome;
  const messages = diagnostics.map(({ message }) => message);
  return {
    k: 'settled',
    step,
    visit,
    attempt,
    kind,
    cause,
    result,
    captured,
    route,
    why,
    diagnostics: messages,
    spent,
  };
}
