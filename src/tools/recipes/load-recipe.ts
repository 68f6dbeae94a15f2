import * as z from 'zod';
import { fitAnswer } from '../../domain/answer-budget.ts';
import { defineTool } from '../define-tool.ts';
import type { ToolServices } from '../tool-services.ts';
import { overrides, recipeAnswer, recipeFields } from './recipe-fields.ts';

export const loadRecipe = defineTool({
  name: 'load_recipe',
  title: 'Load a recipe',
  description: `Returns the text of a recipe, its inputs, its rules, and what is wrong with it. Use it before start_run, to see which inputs a recipe takes, or to change a copy. It starts nothing. For a file that is no recipe of the project yet, use validate_recipe.
Example: {"name": "demo"}`,
  category: 'Recipes',
  tags: ['kitchen'],
  needs: [],
  effect: 'reads',
  openWorld: false,
  input: z.object({ name: z.string().min(1).describe('A name from list_recipes.'), overrides }),
  output: () =>
    z.object({
      content: z.string().describe('The YAML text. A long one is shortened; path has all of it.'),
      ...recipeFields(),
    }),
  handler({ name, overrides: given }, { recipes }: Pick<ToolServices, 'recipes'>) {
    const recipe = recipes.describe(name, given ?? {});
    return fitAnswer({ content: recipe.text ?? '', ...recipeAnswer(recipe) });
  },
});
