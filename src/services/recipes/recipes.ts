import { resolve } from 'node:path';
import { AppError } from '../../domain/app-error.ts';
import { isJsonObject } from '../../domain/json-object.ts';
import { nearestName } from '../../domain/nearest-name.ts';
import { quote } from '../yaml/describe-value.ts';
import { type PlacedFinding, type RecipeReading, readRecipeFile } from './read-recipe-file.ts';
import { fileNameOf, findRecipeFiles, type RecipeFolders, type RecipePlace } from './recipe-places.ts';

/** The recipes of a project, of the user, and those that are shipped. The first of a name wins. Files are read anew at each call. */
export interface Recipes {
  /** In alphabetical order. */
  list(): readonly ListedRecipe[];
  /** @throws AppError `not_found`, with the name that was probably meant */
  show(name: string): ListedRecipe;
  /**
   * @param named a name, or the path of a file, which has a `/` or ends in `.yaml`
   * @throws AppError `not_found` for a name that no recipe has
   */
  read(cwd: string, named: string): ReadRecipe;
  /**
   * What is wrong with recipes, those without findings too.
   * @param named names, and paths of files, which have a `/` or end in `.yaml`; none: all recipes
   * @throws AppError `not_found` for a name that no recipe has
   */
  check(cwd: string, named: readonly string[]): readonly CheckedRecipe[];
}

export interface CheckedRecipe {
  readonly name: string;
  readonly path: string;
  readonly findings: readonly PlacedFinding[];
}

export interface ReadRecipe extends CheckedRecipe {
  /** As plain data; null: it is not YAML. */
  readonly data: unknown;
}

export interface ListedRecipe extends CheckedRecipe, RecipePlace {
  /** Empty for none. */
  readonly description: string;
  /** null: it cannot be read. */
  readonly text: string | null;
  /** As plain data; null: it is not YAML. */
  readonly data: unknown;
  /** The recipes of the same name that it wins over. */
  readonly hides: readonly RecipePlace[];
}

export function createRecipes(folders: RecipeFolders): Recipes {
  const list = (): readonly ListedRecipe[] => {
    const byName = new Map<string, ListedRecipe>();
    for (const place of findRecipeFiles(folders)) {
      const reading = readRecipeFile(place.path);
      const name = nameOf(place.path, reading);
      const winner = byName.get(name);
      const recipe = { ...reading, ...place, name, description: textAt(reading.data, 'description'), hides: [] };
      byName.set(name, winner === undefined ? recipe : { ...winner, hides: [...winner.hides, place] });
    }
    return [...byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  };
  const show = (name: string, recipes = list()) => {
    const found = recipes.find((recipe) => recipe.name === name);
    if (found !== undefined) return found;
    const near = nearestName(
      name,
      recipes.map((recipe) => recipe.name),
    );
    const hint = near === undefined ? 'maitred recipes list shows them' : `did you mean ${near}?`;
    throw new AppError('not_found', `there is no recipe ${quote(name)}; ${hint}`);
  };
  return {
    list,
    show,
    read: (cwd, named) => (isPath(named) ? readFileAt(resolve(cwd, named)) : show(named)),
    check(cwd, named) {
      const recipes = named.every(isPath) && named.length > 0 ? [] : list();
      const checked = named.map((text) => (isPath(text) ? readFileAt(resolve(cwd, text)) : show(text, recipes)));
      return (named.length === 0 ? recipes : checked).map(({ name, path, findings }) => ({ name, path, findings }));
    },
  };
}

function readFileAt(path: string): ReadRecipe {
  const { text: _, ...reading } = readRecipeFile(path);
  return { name: nameOf(path, reading), path, ...reading };
}

const nameOf = (path: string, { data }: Pick<RecipeReading, 'data'>): string =>
  textAt(data, 'name') || fileNameOf(path);

const textAt = (data: unknown, key: string): string => {
  const value = isJsonObject(data) ? data[key] : undefined;
  return typeof value === 'string' ? value.trim() : '';
};

const isPath = (text: string) => text.includes('/') || /\.ya?ml$/.test(text);
