import { type DrawnChart, hashChart } from '../../drawing/chart.ts';
import { describeRecipe } from '../../drawing/describe-recipe.ts';
import type { CliHost } from '../cli-host.ts';
import { readRecipe } from '../recipes/read-recipe.ts';
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
  const { name, graph } = readRecipe(recipesFor(host, options).service, host.cwd(), named);
  const chart = describeRecipe(graph);
  return { name, hash: hashChart(chart), chart, layout: await layOutChart(chart, host.programDir) };
}
