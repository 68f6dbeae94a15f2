import { type Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../../domain/duration.ts';
import { type BudgetKind, budgetKinds, budgetNames, type RunBudgets } from '../../domain/recipe/run-spending.ts';
import { quote } from '../../services/yaml/describe-value.ts';

const expected: Readonly<Record<BudgetKind, string>> = {
  usd: 'an amount above 0, such as 2.50',
  tokens: 'a whole number above 0',
  turns: 'a whole number above 0',
  ms: 'a duration above 0, such as 30m or 2h',
  visits: 'a whole number above 0',
};

/** `--budget KIND=N`, which can be given once for each kind. */
export const addBudgetOption = (command: Command, description: string): Command =>
  command.option('--budget <KIND=N>', `${description}: ${names.join(', ')}; a time as 30m or 2h`, addBudget);

const names = Object.values(budgetNames);

function addBudget(text: string, budgets: RunBudgets = {}): RunBudgets {
  const [, name = text, amount = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  const kind = budgetKinds.find((each) => budgetNames[each] === name);
  if (kind === undefined)
    throw new InvalidArgumentError(
      `There is no budget ${quote(name)}: give KIND=N, where KIND is ${names.join(', ')}.`,
    );
  const limit = readAmount(kind, amount);
  if (limit === null) throw new InvalidArgumentError(`For ${name}, give ${expected[kind]}.`);
  if (budgets[kind] !== undefined) throw new InvalidArgumentError(`Give ${name} once.`);
  return { ...budgets, [kind]: limit };
}

function readAmount(kind: BudgetKind, text: string): number | null {
  const pattern = kind === 'usd' ? /^\d{1,9}(\.\d{1,6})?$/ : /^\d{1,15}$/;
  const amount = kind === 'ms' ? (parseDuration(text) ?? 0) : pattern.test(text) ? Number(text) : 0;
  return amount > 0 ? amount : null;
}

/** The options again, for another process. */
export const budgetArguments = (budgets: RunBudgets): readonly string[] =>
  budgetKinds.flatMap((kind) => {
    const limit = budgets[kind];
    return limit === undefined ? [] : ['--budget', `${budgetNames[kind]}=${limit}${kind === 'ms' ? 'ms' : ''}`];
  });
