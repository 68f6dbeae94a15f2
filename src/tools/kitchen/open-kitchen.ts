import * as z from 'zod';
import { fitAnswer } from '../../domain/answer-budget.ts';
import { AppError } from '../../domain/app-error.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import { printable } from '../../domain/printable-text.ts';
import type { DescribedRecipe } from '../../services/recipes/recipes.ts';
import { optionalName } from '../arguments.ts';
import { defineTool } from '../define-tool.ts';
import { isError, overrides, recipeAnswer, recipeFields } from '../recipes/recipe-fields.ts';
import { refuseHeadless } from '../refuse-headless.ts';
import type { ToolServices } from '../tool-services.ts';

type Services = Pick<ToolServices, 'gate' | 'listedTools' | 'recipes' | 'status'>;

export const openKitchen = defineTool({
  name: 'open_kitchen',
  title: 'Open the kitchen',
  description: `Opens the kitchen: lists the gated tools in this session and allows calls to them. Call it once, before any gated tool; the result lists this session's tools by category and names the project's folder. With the name of a recipe, it has its text, inputs and rules too. The client's own tools stay in use. Do not call it in a headless session, where it is refused, or only to inspect the server: use kitchen_status.
Example: {}`,
  category: 'Kitchen',
  tags: [],
  needs: [],
  effect: 'changes',
  openWorld: false,
  input: z.object({
    name: optionalName.describe('Recipe to load as well: a name from list_recipes.'),
    overrides,
  }),
  output: () =>
    z.object({
      success: z.literal(true),
      kitchen: z.literal('open'),
      version: z.string().describe('Version of maitred.'),
      content: z
        .string()
        .describe(
          "The project's folder, the tools by category, how to use them, and the recipe, for the model to read.",
        ),
      ...z.object(recipeFields()).partial().shape,
      ingredients_table: recipeFields().ingredients_table,
    }),
  async handler({ name, overrides: given }, { gate, listedTools, recipes, status }: Services) {
    refuseHeadless(status, 'open_kitchen');
    if (name === null && given !== null)
      throw new AppError('invalid_input', 'overrides are for the inputs of a recipe: give its name too, or omit them.');
    const recipe = name === null ? null : recipes.describe(name, given ?? {});
    // A client that reads this answer before it has the new list reports "no such tool" to its model.
    await gate.open();
    const { version, projectDir } = status.read();
    const kitchen = kitchenText(version, projectDir, listedTools());
    const opened = { success: true as const, kitchen: 'open' as const, version };
    if (recipe === null) return { ...opened, content: kitchen, ingredients_table: null };
    return fitAnswer({ ...opened, content: `${kitchen}\n\n${recipeText(recipe)}`, ...recipeAnswer(recipe) });
  },
  // The gate was that of a server that is dead.
  adopt: () => ({ state: 'again' }),
});

/** The recipe, and how it is run. */
function recipeText({ name, description, rules, text, path, findings }: DescribedRecipe): string {
  const hasErrors = findings.some(isError);
  return [
    `The recipe ${printable(name)}: ${description || 'no description'}`,
    '',
    'How to run it:',
    ...(hasErrors ? ['- It has errors, so it cannot be started: correct what suggestions says first.'] : []),
    `- Call start_run with {"recipe": ${encodeJson(name)}, "inputs": {…}}: maitred executes each step. Ask the person for the inputs that you do not know.`,
    '- Then call run_status with wait_s until the run has ended. Leave the work of the steps to the run.',
    '- Where it waits for a person, show them what it asks. They decide with maitred runs approve or reject, or give you a code for answer_gate.',
    ...(rules.length === 0 ? [] : ['', 'Its rules:', ...rules.map((rule) => `- ${rule.trim()}`)]),
    '',
    `Its text, from ${printable(path)}:`,
    '',
    text ?? '',
  ].join('\n');
}

/** Says only what holds for these tools. It forbids nothing: no tool here replaces those of the client. */
function kitchenText(version: string, projectDir: string, tools: ReturnType<ToolServices['listedTools']>): string {
  const categories = [...new Set(tools.map(({ category }) => category))];
  const namesIn = (wanted: string) => tools.filter(({ category }) => category === wanted).map(({ name }) => name);
  return [
    `The kitchen of maitred ${version} is open.`,
    `The project is in ${printable(projectDir)}.`,
    '',
    'Tools by category:',
    ...categories.map((category) => `- ${category}: ${namesIn(category).join(', ')}`),
    '',
    'How to use them:',
    '- Use them beside your own tools, for what their descriptions say.',
    '- A call that needs a start-up task waits for it, then runs. If it fails with "not_ready", call it again in a moment.',
    '- An error says what happened and what to do. "retryable": true means that the same call can succeed later.',
    ...(tools.some(({ name }) => name === 'close_kitchen') ? ['- When the work is done, call close_kitchen.'] : []),
  ].join('\n');
}
