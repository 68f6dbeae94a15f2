import { basename, join } from 'node:path';
import { isWithin, realPathOf } from '../platform/real-path.ts';
import { namesIn } from '../platform/unless-missing.ts';

/** Where a recipe is. */
export interface RecipePlace {
  readonly source: 'project' | 'user' | 'shipped';
  readonly path: string;
}

/** The folders that can have recipes. */
export interface RecipeFolders {
  readonly projectDir: string;
  readonly userDir: string;
  readonly shippedDir: string;
}

/** The files that should be recipes, those that win first. A link that leaves a project is left out: a stranger may have written the project. */
export function findRecipeFiles({ projectDir, userDir, shippedDir }: RecipeFolders): readonly RecipePlace[] {
  const root = realPathOf(projectDir);
  const filesIn = (folder: string, source: RecipePlace['source']) =>
    namesIn(folder)
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => ({ source, path: join(folder, name) }))
      .filter(({ path }) => source !== 'project' || isWithin(realPathOf(path), root));
  return [
    ...filesIn(join(projectDir, '.maitred/recipes'), 'project'),
    ...filesIn(join(projectDir, '.autoskillit/recipes'), 'project'),
    ...filesIn(userDir, 'user'),
    ...filesIn(shippedDir, 'shipped'),
  ];
}

/** The name of a recipe without one of its own. */
export const fileNameOf = (path: string): string => basename(path).replace(/\.ya?ml$/, '');
