import * as z from 'zod';
import type { DescribedRecipe } from '../../services/recipes/recipes.ts';

type Finding = DescribedRecipe['findings'][number];

/** What checks say about a recipe. */
export const findingFields = () =>
  z.object({
    rule: z.string().describe('The name of the rule.'),
    severity: z.enum(['error', 'warning']).describe('A recipe with an error is not started.'),
    step: z.string().nullable().describe('The step; null if it is in none.'),
    message: z.string().describe('What is wrong.'),
    fix: z.string().describe('What to do.'),
    file: z.string(),
    line: z.number().int(),
    col: z.number().int(),
  });

export const findingText = ({ file, line, col, message, fix, rule }: Finding): string =>
  `${file}:${line}:${col}: ${message}; ${fix} [${rule}]`;

export const isError = ({ severity }: Pick<Finding, 'severity'>): boolean => severity === 'error';

/* An answer has room for the text of the recipe, too. */
const mostFindings = 20;
const mostNames = 50;

/** The fields of a recipe that was loaded. */
export const recipeFields = () => ({
  diagram: z.null().describe('Always null in this version: maitred render --recipe draws a recipe.'),
  suggestions: z
    .array(findingFields())
    .describe('What is wrong with the recipe, errors first; of many the first 20: validate_recipe has all.'),
  valid: z.boolean().describe('Whether it has no errors, so that it can be started.'),
  kitchen_rules: z.array(z.string()).describe('The rules of the recipe, the first 50.'),
  requires_packs: z.array(z.string()).describe('The packs of skills that it needs, the first 50.'),
  ingredients_table: z
    .string()
    .nullable()
    .describe('Its inputs as a Markdown table, with the values of overrides; null if it asks for none.'),
  path: z.string().describe('Its file.'),
});

export const recipeAnswer = ({ findings, rules, requiredPacks, inputsTable, path }: DescribedRecipe) => ({
  diagram: null,
  suggestions: [...findings.filter(isError), ...findings.filter((finding) => !isError(finding))]
    .slice(0, mostFindings)
    .map((finding) => ({ ...finding })),
  valid: !findings.some(isError),
  kitchen_rules: rules.slice(0, mostNames),
  requires_packs: requiredPacks.slice(0, mostNames),
  ingredients_table: inputsTable,
  path,
});

export const overrides = z
  .record(z.string(), z.string())
  .nullable()
  .default(null)
  .describe("Values of the recipe's inputs, by name.");
