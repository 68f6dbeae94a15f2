import type { DatabaseProblem } from './database-problem.ts';
import type { DatabaseAnswer } from './databases.ts';

/** What the program that reads finds in its environment: texts of their own for what a user has written, which can be long. */
export const programVariables = {
  order: 'MAITRED_READ_DB',
  query: 'MAITRED_READ_DB_QUERY',
  params: 'MAITRED_READ_DB_PARAMS',
} as const;

/** The value of `order`, as JSON. */
export interface ReadingSpec {
  readonly path: string;
  /** An empty folder for a copy. */
  readonly dir: string;
  readonly maxRows: number;
  readonly maxBytes: number;
}

/** The one line that the program writes. */
export type ReadingResult = { readonly answer: DatabaseAnswer } | { readonly problem: DatabaseProblem };
