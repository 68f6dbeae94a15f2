import { mismatchOf } from '../../domain/recipe/match-result.ts';
import { readResultSchema } from '../../domain/recipe/recipe.schema.ts';

/**
 * What is wrong with the result of a step by its `returns`, as a sentence; null: nothing. Never throws: nothing matches a schema that cannot be
 * read, which is an error of the recipe.
 */
export function checkResult(schema: Readonly<Record<string, unknown>>, value: unknown): string | null {
  const read = readResultSchema(schema);
  return read === null
    ? 'the schema in returns cannot be read; maitred recipes check says why'
    : mismatchOf(read, value);
}
