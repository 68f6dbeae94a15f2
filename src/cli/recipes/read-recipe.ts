import { AppError } from '../../domain/app-error.ts';
import { readGraph } from '../../domain/recipe/read-graph.ts';
import type { RecipeGraph } from '../../domain/recipe/recipe-graph.ts';
import type { ReadRecipe, Recipes } from '../../services/recipes/recipes.ts';
import { isValid } from './listed-recipe.ts';

/**
 * A recipe without errors.
 * @param named a name, or the path of a file
 * @throws AppError `not_found` for an unknown name; `invalid_input` for a recipe with errors
 */
export function readRecipe(
  recipes: Pick<Recipes, 'read'>,
  cwd: string,
  named: string,
): Pick<ReadRecipe, 'name' | 'path' | 'hides'> & { readonly graph: RecipeGraph } {
  const { name, path, hides, data, findings } = recipes.read(cwd, named);
  const graph = isValid({ findings }) ? readGraph(data) : null;
  if (graph === null)
    throw new AppError('invalid_input', `${path} has errors; maitred recipes check ${path} says which`);
  return { name, path, hides, graph };
}
