import { AppError } from '../../domain/app-error.ts';
import { printable } from '../../domain/printable-text.ts';
import type { ListedRecipe } from '../../services/recipes/recipes.ts';
import type { CliHost } from '../cli-host.ts';
import { jsonText } from '../report.ts';
import { recipeJson } from './listed-recipe.ts';

/**
 * `maitred recipes show`: the text, as a file. On a terminal, what could control it is escaped.
 * @throws AppError `invalid_input` for a file that cannot be read
 */
export function showRecipe(host: CliHost, recipe: ListedRecipe, asJson: boolean): void {
  const { text, path } = recipe;
  if (text === null)
    throw new AppError('invalid_input', `${path} cannot be read as text; maitred recipes check ${path} says why`);
  const shown = host.stdout.isTTY === true ? text.split(/\r?\n/).map(printable).join('\n') : text;
  host.stdout.write(asJson ? jsonText({ ...recipeJson(recipe), text }) : shown);
}
