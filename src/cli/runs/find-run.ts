import { AppError } from '../../domain/app-error.ts';
import type { Journals } from '../../services/journal/journals.ts';
import type { ListedRun, UnreadableRun } from '../../services/journal/list-runs.ts';
import { findById } from '../find-by-id.ts';

/**
 * The run that a person names by its id, or by the beginning of one.
 * @throws AppError `not_found`, with the id that was probably meant; `invalid_input` if several runs begin so
 */
export async function findRun(journals: Pick<Journals, 'list'>, given: string): Promise<ListedRun | UnreadableRun> {
  return findById(await journals.list(), given, {
    noun: 'run',
    listCommand: 'maitred runs list',
    nameOf: ({ runId }) => runId,
    idsOf: ({ runId }) => [runId],
  });
}

/** The same for a run that is to be changed. @throws AppError also `conflict` for a run that is damaged */
export async function findReadableRun(journals: Pick<Journals, 'list'>, given: string): Promise<ListedRun> {
  const run = await findRun(journals, given);
  if ('last' in run) return run;
  throw new AppError('conflict', run.problem);
}
