import type { DatabaseProblem } from './database-problem.ts';
import type { DatabaseAnswer, DatabaseQuery } from './databases.ts';

/** The environment of the program that reads. The user's texts have their own variables, because they can be long. */
export const programVariables = {
  spec: 'MAITRED_READ_DB',
  query: 'MAITRED_READ_DB_QUERY',
  params: 'MAITRED_READ_DB_PARAMS',
} as const;

/** The value of `spec`, as JSON. */
export interface ReadingSpec extends Omit<DatabaseQuery, 'query' | 'params' | 'timeLimitMs'> {
  /** An empty folder for a copy. */
  readonly dir: string;
}

/** The one line that the program writes. */
export type ReadingResult = { readonly answer: DatabaseAnswer } | { readonly problem: DatabaseProblem };
