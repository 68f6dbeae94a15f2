import * as z from 'zod';
import { AppError } from '../../domain/app-error.ts';
import { refuseHeadless } from '../refuse-headless.ts';
import { toolCategories } from '../tool-categories.ts';
import { defineKitchenTool } from './family.ts';

/** Native tools of coding agents that an orchestrating session leaves alone: the work belongs to the kitchen's tools. */
const forbiddenNativeTools = [
  'Read',
  'Grep',
  'Glob',
  'Edit',
  'Write',
  'Bash',
  'Agent',
  'WebFetch',
  'WebSearch',
  'NotebookEdit',
];

export const openKitchen = defineKitchenTool({
  name: 'open_kitchen',
  title: 'Open the kitchen',
  description:
    "Opens the kitchen: its tools appear in this session's list and may be called. Call it before any other tool; the answer explains the rules and lists the tools by category.",
  tags: [],
  needs: [],
  effect: 'changes',
  input: z.object({
    name: z.string().nullable().default(null).describe('A recipe to load. This version has no recipes: leave it out.'),
    overrides: z
      .record(z.string(), z.string())
      .nullable()
      .default(null)
      .describe("Values for the recipe's ingredients, by name."),
  }),
  output: z.object({
    success: z.literal(true),
    kitchen: z.literal('open'),
    version: z.string(),
    content: z.string().describe('The rules of the kitchen and its tools by category, for the model to read.'),
    ingredients_table: z.null().describe("The recipe's ingredients; null without a recipe."),
  }),
  async handler({ name }, { gate, status }) {
    refuseHeadless(status, 'open_kitchen');
    if (name !== null)
      throw new AppError(
        'not_found',
        `There is no recipe named ${JSON.stringify(name)}: this version has no recipes. Call open_kitchen without a name.`,
      );
    // A client that goes on before it has the new list tells its model that there is no such tool.
    await gate.open();
    const { version } = status.read();
    return { success: true, kitchen: 'open', version, content: kitchenRules(version), ingredients_table: null };
  },
});

function kitchenRules(version: string): string {
  const categories = toolCategories.map(({ title, tools }) => `- ${title}: ${tools.join(', ')}`);
  return [
    `The kitchen of maitred ${version} is open.`,
    '',
    'Tools by category:',
    ...categories,
    '',
    'Rules:',
    `- You direct, the kitchen works. Do not use ${forbiddenNativeTools.join(', ')} here: what they would do is a tool's business.`,
    '- A call that comes early waits for what it needs and then answers; a "not_ready" answer means: call again in a moment.',
    '- An error says what went wrong and what to do next. "retryable": true means that the same call can succeed later.',
    '- Call close_kitchen when you are done.',
  ].join('\n');
}
