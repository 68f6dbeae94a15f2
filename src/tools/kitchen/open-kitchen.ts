import * as z from 'zod';
import { AppError } from '../../domain/app-error.ts';
import { defineTool } from '../define-tool.ts';
import { refuseHeadless } from '../refuse-headless.ts';
import type { ToolServices } from '../tool-services.ts';

/** Native tools of coding agents that an orchestrating session must not use: their work is done through the gated tools. */
const forbiddenNativeTools = 'Read, Grep, Glob, Edit, Write, Bash, Agent, WebFetch, WebSearch, NotebookEdit';

export const openKitchen = defineTool({
  name: 'open_kitchen',
  title: 'Open the kitchen',
  description: `Opens the kitchen: lists the gated tools in this session and allows calls to them. Call it once, before any gated tool; the result lists every tool by category and states the rules. Do not call it in a headless session, where it is refused, or only to inspect the server: use kitchen_status.
Example: {}`,
  category: 'Kitchen',
  tags: [],
  needs: [],
  effect: 'changes',
  openWorld: false,
  input: z.object({
    name: z.string().nullable().default(null).describe('Recipe to load. This version has no recipes: omit it.'),
    overrides: z
      .record(z.string(), z.string())
      .nullable()
      .default(null)
      .describe('Ingredient values for the recipe, by ingredient name.'),
  }),
  output: z.object({
    success: z.literal(true),
    kitchen: z.literal('open'),
    version: z.string().describe('Version of maitred.'),
    content: z.string().describe('The tools by category and the rules, for the model to read.'),
    ingredients_table: z.null().describe('Ingredients of the recipe; null without a recipe.'),
  }),
  async handler({ name }, { catalogue, gate, status }: Pick<ToolServices, 'catalogue' | 'gate' | 'status'>) {
    refuseHeadless(status, 'open_kitchen');
    if (name !== null)
      throw new AppError(
        'not_found',
        `Recipe ${JSON.stringify(name)} does not exist: this version has no recipes. Call open_kitchen without a name.`,
      );
    // A client that reads this answer before it has the new list reports "no such tool" to its model.
    await gate.open();
    const { version } = status.read();
    return {
      success: true,
      kitchen: 'open',
      version,
      content: kitchenRules(version, catalogue),
      ingredients_table: null,
    };
  },
});

function kitchenRules(version: string, catalogue: ToolServices['catalogue']): string {
  const categories = [...new Set(catalogue.map(({ category }) => category))];
  const namesIn = (wanted: string) => catalogue.filter(({ category }) => category === wanted).map(({ name }) => name);
  return [
    `The kitchen of maitred ${version} is open.`,
    '',
    'Tools by category:',
    ...categories.map((category) => `- ${category}: ${namesIn(category).join(', ')}`),
    '',
    'Rules:',
    `- You direct; the tools do the work. Do not use ${forbiddenNativeTools} in this session: use the tools above instead.`,
    '- A call that needs a start-up task waits for it, then runs. If it fails with "not_ready", call it again in a moment.',
    '- An error says what happened and what to do. "retryable": true means that the same call can succeed later.',
    '- When the work is done, call close_kitchen.',
  ].join('\n');
}
