import * as z from 'zod';
import { AppError } from '../../domain/app-error.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import { printable } from '../../domain/printable-text.ts';
import { optionalName } from '../arguments.ts';
import { defineTool } from '../define-tool.ts';
import { refuseHeadless } from '../refuse-headless.ts';
import type { ToolServices } from '../tool-services.ts';

export const openKitchen = defineTool({
  name: 'open_kitchen',
  title: 'Open the kitchen',
  description: `Opens the kitchen: lists the gated tools in this session and allows calls to them. Call it once, before any gated tool; the result lists this session's tools by category and names the project's folder. The client's own tools stay in use. Do not call it in a headless session, where it is refused, or only to inspect the server: use kitchen_status.
Example: {}`,
  category: 'Kitchen',
  tags: [],
  needs: [],
  effect: 'changes',
  openWorld: false,
  input: z.object({
    name: optionalName.describe('Recipe to load. This version has no recipes: omit it.'),
    overrides: z
      .record(z.string(), z.string())
      .nullable()
      .default(null)
      .describe('Ingredient values for the recipe, by ingredient name.'),
  }),
  output: () =>
    z.object({
      success: z.literal(true),
      kitchen: z.literal('open'),
      version: z.string().describe('Version of maitred.'),
      content: z
        .string()
        .describe("The project's folder, the tools by category, and how to use them, for the model to read."),
      ingredients_table: z.null().describe('Ingredients of the recipe; null without a recipe.'),
    }),
  async handler({ name }, { gate, listedTools, status }: Pick<ToolServices, 'gate' | 'listedTools' | 'status'>) {
    refuseHeadless(status, 'open_kitchen');
    if (name !== null)
      throw new AppError(
        'not_found',
        `Recipe ${encodeJson(name)} does not exist: this version has no recipes. Call open_kitchen without a name.`,
      );
    // A client that reads this answer before it has the new list reports "no such tool" to its model.
    await gate.open();
    const { version, projectDir } = status.read();
    return {
      success: true,
      kitchen: 'open',
      version,
      content: kitchenText(version, projectDir, listedTools()),
      ingredients_table: null,
    };
  },
});

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
