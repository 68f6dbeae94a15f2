import { AppError } from '../../domain/app-error.ts';
import { placeParameters } from './place-parameters.ts';
import { scanQuery } from './scan-query.ts';

/** Query and parameters are passed in environment variables; Linux limits each to 128 KiB. */
const longestBytes = 64 * 1_024;

/** First words of statements that only return rows. WITH may also write; the engine rejects that. */
const readingWords = ['SELECT', 'WITH', 'VALUES'];

export const onlySelects = 'Only SELECT queries are allowed';

/** Rejects early what the engine would reject, with a fix. @throws AppError `invalid_input` */
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
      `query must begin with ${readingWords.join(', ')}: read_db only reads. For columns ask SELECT * FROM pragma_table_info('table'), for tables SELECT * FROM sqlite_schema.`,
      { details: { hint: onlySelects } },
    );
  if (scanned.statements > 1)
    throw new AppError('invalid_input', `query holds ${scanned.statements} statements: send one per call.`, {
      details: { hint: onlySelects },
    });
  placeParameters(scanned, params);
}
