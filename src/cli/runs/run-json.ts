import type { RunReport, RunSummary } from '../../domain/recipe-run/run-report.ts';

/** snake_case, the times as ISO strings. */
export const summaryJson = ({ runId, recipe, state, owner, startedAt, lastAt, next }: RunSummary) => ({
  run_id: runId,
  recipe,
  state,
  owner,
  started_at: startedAt,
  last_at: lastAt,
  next,
});

/** snake_case; USD, and times in milliseconds. */
export const reportJson = ({ step, gate, inputs, cwd, budgets, spent, reason, output, ...summary }: RunReport) => ({
  ...summaryJson(summary),
  step,
  gate: gate === null ? null : { step: gate.step, gate: gate.gate, asks: gate.asks, shown_hash: gate.shownHash },
  inputs,
  project: cwd,
  budgets,
  spent: {
    usd: spent.usd,
    has_unknown_usd: spent.hasUnknownUsd,
    tokens: spent.tokens,
    turns: spent.turns,
    ms: spent.ms,
  },
  reason,
  output,
});
