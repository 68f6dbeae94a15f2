import { countText } from '../count-text.ts';
import type { CallSpending } from '../recipe/run-spending.ts';
import { budgetTokensOf } from './session-budget.ts';
import type { SkillResult } from './session-outcome.ts';
import type { SettledSession } from './session-record.ts';

const mostWarnings = 20;

/** What `run_skill` answers, but for the folder of the session. */
export function skillAnswerOf({
  skillResult,
  stopReason,
  costUsd,
  remarks,
}: Pick<SettledSession, 'skillResult' | 'stopReason' | 'costUsd' | 'remarks'>) {
  const { write_path_warnings: warnings } = skillResult;
  return {
    ...skillResult,
    write_path_warnings: warnings.slice(0, mostWarnings),
    stop_reason: stopReason,
    cost_usd: costUsd,
    remarks: [
      ...remarks,
      ...(warnings.length > mostWarnings
        ? [`${countText(warnings.length, 'path')} outside cwd; not all are listed.`]
        : []),
    ],
  };
}

/** What is kept of a session that a step of a recipe run asked for. */
export function stepAnswerOf(settled: SettledSession) {
  const { skillResult, costUsd, turns } = settled;
  const usage = skillResult.token_usage;
  const spent: CallSpending = { usd: costUsd, tokens: usage === null ? 0 : budgetTokensOf(usage), turns };
  return { answer: skillAnswerOf(settled), spent };
}

/** What a session has ended with where its server died, was told to end, or could not start the agent: nothing that its skill has come to. */
const withoutOutcome = ['crashed', 'cancelled', 'not_started'];

/** Whether a session has ended with what came of its skill, so that the skill need not run again. */
export const hasOutcome = ({ subtype }: Pick<SkillResult, 'subtype'>): boolean => !withoutOutcome.includes(subtype);
