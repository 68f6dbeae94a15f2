import * as z from 'zod';
import { defineTool } from '../define-tool.ts';
import { fillPage, pageArguments, restFields } from '../page.ts';
import type { ToolServices } from '../tool-services.ts';
import { findingText, isError } from './recipe-fields.ts';

export const listRecipes = defineTool({
  name: 'list_recipes',
  title: 'List recipes',
  description: `Lists the recipes that can be started: those of the project, of the user and of maitred. Use it to find a recipe for a task. To read one use load_recipe, to start one start_run; for runs use list_runs.
Example: {}`,
  category: 'Recipes',
  tags: ['kitchen'],
  needs: [],
  effect: 'reads',
  openWorld: false,
  input: z.object(pageArguments),
  output: () =>
    z.object({
      recipes: z
        .array(
          z.object({
            name: z.string(),
            description: z.string().describe('Empty for none.'),
            summary: z.string().describe('The steps in one line; empty for none.'),
            source: z
              .enum(['project', 'user', 'shipped'])
              .describe('Where it is from; shipped: it is part of maitred.'),
          }),
        )
        .describe('By name.'),
      count: z.number().int().describe('All of them.'),
      errors: z
        .array(z.object({ file: z.string(), error: z.string() }))
        .describe('The first error of each recipe that cannot be started.'),
      ...restFields(),
    }),
  async handler({ limit, offset }, { recipes }: Pick<ToolServices, 'recipes'>) {
    const all = await recipes.listInTurns();
    const errors = all.flatMap(({ path, findings }) => {
      const first = findings.find(isError);
      return first === undefined ? [] : [{ file: path, error: findingText(first) }];
    });
    return fillPage({ limit, offset, length: all.length, noun: 'recipe' }, ({ of, nextOffset, leftOut }) => ({
      recipes: of(all).map(({ name, description, summary, source }) => ({ name, description, summary, source })),
      count: all.length,
      errors: of(errors),
      next_offset: nextOffset,
      left_out: leftOut,
    }));
  },
});
