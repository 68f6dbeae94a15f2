import { costText } from '../../domain/cost-text.ts';
import { countText } from '../../domain/count-text.ts';
import { durationText } from '../../domain/duration-text.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import { printable } from '../../domain/printable-text.ts';
import { budgetsText, type RunSpending } from '../../domain/recipe/run-spending.ts';
import type { RunReport, RunStateName, RunSummary } from '../../domain/recipe-run/run-report.ts';
import { type Paint, row } from '../report.ts';

const styles: Readonly<Record<RunStateName, Parameters<Paint>[0]>> = {
  running: 'good',
  waiting: 'warning',
  interrupted: 'warning',
  damaged: 'bad',
  succeeded: 'good',
  failed: 'bad',
  stopped: 'strong',
  cancelled: 'warning',
  budget_exhausted: 'warning',
};

export const stateText = (state: RunStateName, paint: Paint): string => paint(styles[state], state);

/** `run-1: waiting` */
export const titleText = ({ runId, state }: RunSummary, paint: Paint): string =>
  `${paint('strong', printable(runId))}: ${stateText(state, paint)}`;

/** What is known of a run beside its state, as rows. */
export const reportRows = (report: RunReport): readonly string[] => [
  row('recipe', report.recipe),
  row('in', report.cwd),
  ...Object.entries(report.inputs).map(([name, value]) => row('input', `${name} = ${valueText(value)}`)),
  row('budgets', budgetsText(report.budgets)),
  row('used', spentText(report.spent)),
  ...(report.step === null ? [] : [row('step', report.step)]),
  ...(report.reason === null ? [] : [row('reason', report.reason)]),
  ...outputRows(report),
  row('next', report.next),
];

export const outputRows = ({ output }: RunReport): readonly string[] =>
  Object.entries(output ?? {}).map(([name, value]) => row('output', `${name} = ${valueText(value)}`));

const valueText = (value: unknown): string => (typeof value === 'string' ? value : encodeJson(value));

/** `$1.20, 30,000 tokens, 12 turns, 3 min 5 s` */
export function spentText({ usd, hasUnknownUsd, tokens, turns, ms }: RunSpending): string {
  const cost = hasUnknownUsd ? `${costText(usd)} and what is unknown` : costText(usd);
  return [cost, countText(tokens, 'token'), countText(turns, 'turn'), durationText(ms)].join(', ');
}
