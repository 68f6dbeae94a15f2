import { type RunReport, summaryJson } from '../../domain/recipe-run/run-report.ts';

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
