import { textOf } from '../expression/value-text.ts';
import type { JsonObject } from '../json-object.ts';
import { markdownTable, markdownText } from '../markdown-table.ts';
import { shortName } from '../short-name.ts';
import { validateRecipe } from './recipe.schema.ts';
import { recipeOf } from './recipe.ts';
import type { GraphInput } from './recipe-graph.ts';
import { type PathResolution, readRunInputs } from './run-inputs.ts';

/** What a recipe says about itself, as far as it is valid. */
export interface RecipeDescription {
  readonly rules: readonly string[];
  readonly requiredPacks: readonly string[];
  /** A Markdown table of the inputs that people are asked for; null: there are none. */
  readonly inputsTable: string | null;
}

/**
 * @param data the recipe, as plain data
 * @param given values of inputs by name, which take the place of their defaults
 * @throws AppError `invalid_input`, naming the inputs that are unknown or of another type
 */
export function describeRecipe(data: unknown, given: JsonObject, paths: PathResolution): RecipeDescription {
  const { file } = validateRecipe(data);
  if (file === null) return { rules: [], requiredPacks: [], inputsTable: null };
  const inputs = [...recipeOf(file, data).inputs].map(([name, input]): GraphInput => ({ ...input, name }));
  const optional = inputs.map((input): GraphInput => ({ ...input, required: false, default: null }));
  const values = readRunInputs(optional, given, paths);
  return {
    rules: file.kitchen_rules ?? [],
    requiredPacks: file.requires_packs ?? [],
    inputsTable: tableOf(inputs.filter(({ hidden }) => hidden !== true).map((input) => rowOf(input, values))),
  };
}

/** In the order in which the table has them. */
const rowKinds = ['required', 'found out', 'on or off', 'none', 'constant'] as const;

interface InputRow {
  readonly kind: (typeof rowKinds)[number];
  readonly name: string;
  readonly description: string;
  readonly value: string;
}

function rowOf(
  { name, description = '', type, required, default: otherwise }: GraphInput,
  values: JsonObject,
): InputRow {
  const row = { name, description: shortName(description.trim()) };
  const value = values[name] ?? otherwise ?? null;
  if (value === null)
    return required === true
      ? { ...row, name: `${name} *`, kind: 'required', value: '(required)' }
      : { ...row, kind: 'none', value: '--' };
  const text = textOf(value);
  if (text === '') return { ...row, kind: 'found out', value: 'auto-detect' };
  if (type === 'boolean' || text === 'true' || text === 'false')
    return { ...row, kind: 'on or off', value: text === 'true' ? 'on' : 'off' };
  return { ...row, kind: 'constant', value: text };
}

function tableOf(rows: readonly InputRow[]): string | null {
  if (rows.length === 0) return null;
  const sorted = rows.toSorted(
    (one, other) => rowKinds.indexOf(one.kind) - rowKinds.indexOf(other.kind) || (one.name < other.name ? -1 : 1),
  );
  const cells = sorted.map(({ name, description, value }) => [name, description, value].map(markdownText));
  return markdownTable(['Name', 'Description', 'Default'], cells);
}
