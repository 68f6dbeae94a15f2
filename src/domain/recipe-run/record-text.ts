import { costText } from '../cost-text.ts';
import { countText } from '../count-text.ts';
import { durationText } from '../duration-text.ts';
import { isJsonObject } from '../json-object.ts';
import { printable } from '../printable-text.ts';
import { budgetsText, type StepSpending } from '../recipe/run-spending.ts';
import { shortenText } from '../shorten-texts.ts';
import type { JournalEntry, StepAttempt, StepSettled, StepSkipped } from './journal-record.ts';

/** In the words of recipes: a person who refuses is a failure, too. */
const outcomes: Readonly<Record<StepSettled['kind'], string>> = {
  success: 'success',
  failure: 'failure',
  needs_retry: 'unfinished',
  context_limit: 'out of context',
  cancelled: 'cancelled',
};

/** What a record says, for people: a line, and more lines for what its step reported. They cannot control a terminal. */
export function recordLines(record: JournalEntry): readonly string[] {
  if (record.k !== 'settled') return [printable(textOf(record))];
  const details = [...failureOf(record), ...record.diagnostics];
  return [textOf(record), ...details.map((detail) => `  ${detail}`)].map(printable);
}

const maxReasonChars = 300;

/** Why a step has not succeeded, in the words of its tool. */
function failureOf({ kind, result }: StepSettled): readonly string[] {
  if (kind === 'success' || result === null || !('value' in result) || !isJsonObject(result.value)) return [];
  const { error, summary, remarks, stderr } = result.value;
  const reasons = [error, summary, ...(Array.isArray(remarks) ? remarks : []), stderr].filter(isReason);
  return reasons.slice(0, 1).map((reason) => shortenText(reason.trim().replace(/\s+/g, ' '), maxReasonChars));
}

const isReason = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

/** A step that only chooses a route has nothing more to say. */
const withoutWork: Readonly<Partial<Record<StepSkipped['cause'], string>>> = {
  skipped: 'skipped; ',
  exceeded: 'no visits left; ',
  refused: 'not in this version; ',
};

function textOf(record: JournalEntry): string {
  switch (record.k) {
    case 'run_started':
      return `${record.recipe} started in ${record.cwd}, by ${record.startedBy}`;
    case 'entered':
      return `${attemptText(record)}: began${record.tool === null ? '' : ` ${record.tool}`}`;
    case 'settled': {
      const used = [durationText(record.spent.ms), ...usedTexts(record.spent)].join(', ');
      return `${attemptText(record)}: ${outcomes[record.kind]} after ${used}${record.kind === 'cancelled' ? '' : `; ${routeText(record)}`}`;
    }
    case 'skipped':
      return `${attemptText({ ...record, attempt: 0 })}: ${withoutWork[record.cause] ?? ''}${routeText(record)}`;
    case 'gate_opened':
      return record.asks === 'approval'
        ? `${record.step}: waits for a person to approve`
        : `${record.step}: waits for a person to say whether it was done`;
    case 'gate_answered':
      return `${record.who} answered ${record.decision} (${record.how})`;
    case 'accepted_changes':
      return `${record.who} accepted the changes of the recipe`;
    case 'budget_changed':
      return `${record.who} set the budgets to ${budgetsText(record.budgets)}`;
    case 'run_ended':
      return `the run ${endText[record.state]}: ${record.reason}`;
  }
}

const endText = {
  succeeded: 'succeeded',
  failed: 'failed',
  stopped: 'stopped',
  cancelled: 'was cancelled',
  budget_exhausted: 'used up its budget',
} as const;

/** `plan`, `fix, visit 2`, `fix, visit 2, attempt 3` */
export const attemptText = ({ step, visit, attempt }: StepAttempt): string =>
  [
    step,
    ...(visit === 1 ? [] : [`visit ${visit}`]),
    // From 1 for people.
    ...(attempt === 0 ? [] : [`attempt ${attempt + 1}`]),
  ].join(', ');

/** A cause that the line has named already is not repeated. */
const routeText = ({ route, why, cause }: Pick<StepSettled, 'route' | 'why' | 'cause'>): string =>
  `${route === null ? 'the run ends' : `next ${route}`}${why === null || why === cause ? '' : ` (${why})`}`;

/** Nothing for what costs nothing. */
const usedTexts = ({ usd, tokens }: Pick<StepSpending, 'usd' | 'tokens'>): readonly string[] => {
  const cost = usd === 0 || (usd === null && tokens === 0) ? [] : [costText(usd)];
  return tokens === 0 ? cost : [...cost, countText(tokens, 'token')];
};
