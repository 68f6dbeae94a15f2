import { AppError } from '../../domain/app-error.ts';
import { readGraph } from '../../domain/recipe/read-graph.ts';
import { type DrawnChart, hashChart } from '../../drawing/chart.ts';
import { describeRecipe } from '../../drawing/describe-recipe.ts';
import type { CliHost } from '../cli-host.ts';
import { isValid } from '../recipes/listed-recipe.ts';
import { recipesFor } from '../recipes/recipes-command.ts';
import { layOutChart } from './lay-out-chart.ts';

/**
 * Draws a recipe.
 * @param named a name, or the path of a file
 * @throws AppError `not_found` for an unknown name; `invalid_input` for a recipe with errors
 */
export async function drawRecipe(
  host: CliHost,
  named: string,
  options: { readonly project?: string },
): Promise<DrawnChart> {
  const { name, path, data, findings } = recipesFor(host, options).service.read(host.cwd(), named);
  const graph = isValid({ findings }) ? readGraph(data) : null;
  if (graph === null)
    throw new AppError('invalid_input', `${path} has errors; maitred recipes check ${path} says which`);
  const chart = describeRecipe(graph);
  return { name, hash: hashChart(chart), chart, layout: await layOutChart(chart, host.programDir) };
}
