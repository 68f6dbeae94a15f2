import { readDecimal } from '../../expression/decimal.ts';
import { quoted } from '../finding.ts';
import type { RecipeInput } from '../recipe.schema.ts';
import type { RecipeRule } from '../recipe-rule.ts';

export const inputType: RecipeRule = {
  id: 'input-type',
  severity: 'error',
  *check({ inputs, inputsKey }) {
    for (const [name, { type = 'text', default: value, choices }] of inputs) {
      const path = [inputsKey, name];
      if (type === 'choice' && choices === undefined)
        yield {
          message: `the choice ${quoted(name)} has no choices`,
          fix: 'add choices: with a list',
          at: { path: [...path, 'type'] },
        };
      if (type !== 'choice' && choices !== undefined)
        yield {
          message: `the input ${quoted(name)} is not a choice`,
          fix: 'write type: choice',
          at: { path: [...path, 'choices'], isKey: true },
        };
      const expected =
        value === undefined || value === null || value === '' ? null : expectedOf(type, String(value), choices);
      if (expected !== null) {
        const message = `the default of ${quoted(name)} is ${quoted(String(value))}`;
        yield { message, fix: `expected ${expected}`, at: { path: [...path, 'default'] } };
      }
    }
  },
};

/** What a value should have been; null: it is. */
function expectedOf(
  type: NonNullable<RecipeInput['type']>,
  value: string,
  choices: readonly string[] = [],
): string | null {
  if (type === 'number') return readDecimal(value) === null ? 'a number' : null;
  if (type === 'boolean') return ['true', 'false'].includes(value) ? null : 'true or false';
  if (type === 'choice') return choices.length === 0 || choices.includes(value) ? null : `one of ${choices.join(', ')}`;
  return null;
}
