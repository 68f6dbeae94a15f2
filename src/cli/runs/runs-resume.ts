import type { RunBudgets } from '../../domain/recipe/run-spending.ts';
import type { Journals } from '../../services/journal/journals.ts';
import type { CliHost } from '../cli-host.ts';
import { budgetArguments } from '../order/read-budgets.ts';
import { runDetached } from '../order/run-detached.ts';
import { runHere } from '../order/run-here.ts';
import { requirePerson, requirePersonBefore } from '../require-person.ts';
import { findReadableRun } from './find-run.ts';

export interface ResumeOptions {
  readonly budget?: RunBudgets;
  readonly acceptChanges?: boolean;
  readonly detach?: boolean;
  readonly json?: boolean;
}

/**
 * `maitred runs resume`: goes on with a run that no process works on.
 * @throws AppError `forbidden` for new budgets and accepted changes without a person; as `findReadableRun` and `runHere` do
 */
export async function resumeRun(
  host: CliHost,
  journals: Pick<Journals, 'list' | 'read'>,
  given: string,
  { budget: budgets = {}, acceptChanges: acceptsChanges = false, detach = false, json: asJson = false }: ResumeOptions,
): Promise<void> {
  const needs = acceptsChanges ? '--accept-changes' : Object.keys(budgets).length > 0 ? '--budget' : null;
  const check = host.isDetached ? requirePersonBefore : requirePerson;
  if (needs !== null) check(host, `maitred runs resume ${needs}`);
  const { runId, started } = await findReadableRun(journals, given);
  if (detach) {
    const accept = acceptsChanges ? ['--accept-changes'] : [];
    await runDetached(host, ['runs', 'resume', ...budgetArguments(budgets), ...accept, '--', runId], asJson);
    return;
  }
  await runHere(host, journals, { kind: 'resume', runId, project: started.cwd, budgets, acceptsChanges }, asJson);
}
