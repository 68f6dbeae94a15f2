import { relative } from 'node:path';
import type { ListedRecipe } from '../../services/recipes/recipes.ts';

type Place = Pick<ListedRecipe, 'source' | 'path'>;

/** Where a recipe is, for people. */
export const placeText = ({ source, path }: Place, projectDir: string): string => {
  if (source === 'shipped') return 'maitred';
  return source === 'user' ? path : relative(projectDir, path);
};

/** Whether it has no errors. */
export const isValid = ({ findings }: Pick<ListedRecipe, 'findings'>): boolean =>
  !findings.some(({ severity }) => severity === 'error');

export const recipeJson = ({ name, source, path, description, findings, hides }: ListedRecipe) => ({
  name,
  source,
  path,
  description,
  valid: isValid({ findings }),
  hides: hides.map((place) => ({ source: place.source, path: place.path })),
});
