import { AppError } from '../../domain/app-error.ts';
import { placeParameters } from './place-parameters.ts';
import { scanQuery } from './scan-query.ts';

/** Linux takes at most 128 KiB in one environment variable, in which they reach the program. */
const longestBytes = 64 * 1_024;

/** Words with which SQLite begins a statement that gives rows and can do nothing else, unless it is WITH: there the engine tells. */
const readingWords = ['SELECT', 'WITH', 'VALUES'];

export const onlySelects = 'Only SELECT queries are allowed';

/** Says early and kindly what would not be answered. @throws AppError `invalid_input` */
export function checkQuery(query: string, params: string): void {
  for (const [name, text] of Object.entries({ query, params }))
    if (Buffer.byteLength(text) > longestBytes)
      throw new AppError(
        'invalid_input',
        `${name} is longer than ${longestBytes / 1_024} KiB: ask for less at a time, or join with a table that holds the values.`,
      );
  const scanned = scanQuery(query);
  if (scanned.statements === 0) throw new AppError('invalid_input', 'query holds no statement: write a SELECT.');
  if (scanned.firstWord === null || !readingWords.includes(scanned.firstWord))
    throw new AppError(
      'invalid_input',
      `query must begin with ${readingWords.join(', ')}: read_db reads and does nothing else. For columns ask SELECT * FROM pragma_table_info('table'), for tables SELECT * FROM sqlite_schema.`,
      { details: { hint: onlySelects } },
    );
  if (scanned.statements > 1)
    throw new AppError('invalid_input', `query holds ${scanned.statements} statements: ask them one call each.`, {
      details: { hint: onlySelects },
    });
  placeParameters(scanned, params);
}
