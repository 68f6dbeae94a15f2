import { compileRecipe } from './compile-recipe.ts';
import { validateRecipe } from './recipe.schema.ts';
import { recipeOf } from './recipe.ts';
import type { RecipeGraph } from './recipe-graph.ts';

/** The graph of a recipe, given as plain data; null if it is no recipe at all. Meant for recipes without errors. */
export function readGraph(data: unknown): RecipeGraph | null {
  const { file } = validateRecipe(data);
  return file === null ? null : compileRecipe(recipeOf(file, data));
}
