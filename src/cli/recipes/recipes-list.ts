import { printable } from '../../domain/printable-text.ts';
import type { ListedRecipe } from '../../services/recipes/recipes.ts';
import type { CliHost } from '../cli-host.ts';
import { jsonText, paintFor } from '../report.ts';
import { isValid, placeText, recipeJson } from './listed-recipe.ts';

/** `maitred recipes list`. */
export function listRecipes(
  host: CliHost,
  recipes: readonly ListedRecipe[],
  projectDir: string,
  asJson: boolean,
): void {
  const paint = paintFor(host);
  const text = recipes
    .map((recipe) => `${paint('strong', printable(recipe.name))}: ${entryText(recipe, projectDir)}\n`)
    .join('');
  host.stdout.write(asJson ? jsonText({ recipes: recipes.map(recipeJson) }) : text);
}

function entryText(recipe: ListedRecipe, projectDir: string): string {
  const facts = [
    `from ${placeText(recipe, projectDir)}`,
    ...recipe.hides.map((hidden) => `hides the one from ${placeText(hidden, projectDir)}`),
    ...(isValid(recipe) ? [] : [`has errors: maitred recipes check ${recipe.path}`]),
  ];
  const [firstLine = ''] = recipe.description.split('\n');
  return [firstLine || 'no description', facts.join('; ')].map(printable).join('\n  ');
}
