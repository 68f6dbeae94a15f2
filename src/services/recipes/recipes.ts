import { resolve } from 'node:path';
import { AppError } from '../../domain/app-error.ts';
import { isJsonObject, type JsonObject } from '../../domain/json-object.ts';
import { nearestName } from '../../domain/nearest-name.ts';
import { placedFaultsError } from '../../domain/placed-fault.ts';
import { describeRecipe, type RecipeDescription } from '../../domain/recipe/describe-recipe.ts';
import { readGraph } from '../../domain/recipe/read-graph.ts';
import type { RecipeGraph } from '../../domain/recipe/recipe-graph.ts';
import { isRecipePath } from '../../domain/recipe/recipe-path.ts';
import { readRunInputs } from '../../domain/recipe/run-inputs.ts';
import { isSkipped } from '../../domain/recipe/settle-step.ts';
import { quote } from '../yaml/describe-value.ts';
import { readTextFile } from '../yaml/read-text-file.ts';
import {
  type PlacedFinding,
  placeOfKey,
  type RecipeReading,
  readRecipeFile,
  readRecipeText,
  withTempFolder,
} from './read-recipe-file.ts';
import { fileNameOf, findRecipeFiles, type RecipeFolders, type RecipePlace } from './recipe-places.ts';

/** The recipes of a project, of the user, and those that are shipped. The first of a name wins. Files are read anew at each call, and checked where they have changed. */
export interface Recipes {
  /** In alphabetical order. */
  list(): readonly ListedRecipe[];
  /** The same; lets the event loop turn between files. */
  listInTurns(): Promise<readonly ListedRecipe[]>;
  /** @throws AppError `not_found`, with the name that was probably meant */
  show(name: string): ListedRecipe;
  /**
   * What a recipe says about itself, for people and models.
   * @param given values of inputs by name, which take the place of their defaults
   * @throws AppError `not_found` as `show`; `invalid_input`, naming the inputs that are unknown or of another type
   */
  describe(name: string, given: JsonObject): DescribedRecipe;
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
  /**
   * A recipe that is ready to run.
   * @param cwd for the paths that are given; those that are defaults are paths in the project
   * @param named a name, or the path of a file, as of `read`
   * @param given values of inputs by name, as texts or as JSON; what is left out has its default
   * @throws AppError `not_found`; `invalid_input`, naming the places of what is wrong in the recipe, the inputs that are missing or wrong, or
   * the steps that this version cannot run
   */
  prepare(cwd: string, named: string, given: JsonObject): PreparedRecipe;
  /**
   * The graph of a recipe's text.
   * @param path for the places in errors
   * @throws AppError `invalid_input`, naming the places of what is wrong
   */
  compile(text: string, path: string): RecipeGraph;
}

/** A recipe without errors, and the inputs of a run. */
export interface PreparedRecipe {
  readonly name: string;
  readonly path: string;
  readonly text: string;
  readonly graph: RecipeGraph;
  /** With defaults. Paths are absolute. */
  readonly inputs: JsonObject;
  /** The recipes of the same name that it wins over. */
  readonly hides: readonly RecipePlace[];
}

export interface DescribedRecipe extends ListedRecipe, RecipeDescription {}

export interface CheckedRecipe {
  readonly name: string;
  readonly path: string;
  readonly findings: readonly PlacedFinding[];
}

export interface ReadRecipe extends CheckedRecipe {
  /** As plain data; null: it is not YAML. */
  readonly data: unknown;
  /** The recipes of the same name that it wins over; none for the path of a file. */
  readonly hides: readonly RecipePlace[];
}

export interface ListedRecipe extends ReadRecipe, RecipePlace {
  /** Empty for none, as the next. */
  readonly description: string;
  readonly summary: string;
  /** null: it cannot be read. */
  readonly text: string | null;
}

export interface RecipesOptions extends RecipeFolders {
  /** What `{{MAITRED_TEMP}}` stands for in a run, absolute; absent: it stays. */
  readonly tempDir?: string;
}

export function createRecipes({ tempDir, ...folders }: RecipesOptions): Recipes {
  const known = new Map<string, RecipeReading>();
  const read = (place: RecipePlace) => {
    const reading = readRecipeFile(place.path, known.get(place.path));
    known.set(place.path, reading);
    return { place, reading };
  };
  const places = () => findRecipeFiles(folders);
  const list = () => joined(places().map(read));
  const show = (name: string, recipes?: readonly ListedRecipe[]) => {
    const among =
      recipes ??
      joined(
        places()
          .filter(({ path }) => mayHaveName(path, name))
          .map(read),
      );
    const found = among.find((recipe) => recipe.name === name);
    if (found !== undefined) return found;
    const near = nearestName(
      name,
      list().map((recipe) => recipe.name),
    );
    const hint = near === undefined ? 'maitred recipes list shows them' : `did you mean ${near}?`;
    throw new AppError('not_found', `there is no recipe ${quote(name)}; ${hint}`);
  };
  const pathsFrom = (cwd: string) => ({
    given: (file: string) => resolve(cwd, file),
    written: (file: string) => resolve(folders.projectDir, file),
  });
  const compile = ({ data, findings }: Pick<RecipeReading, 'data' | 'findings'>): RecipeGraph => {
    const errors = findings.filter(({ severity }) => severity === 'error');
    const isValid = errors.length === 0;
    const graph = isValid ? readGraph(tempDir === undefined ? data : withTempFolder(data, tempDir)) : null;
    if (graph !== null) return graph;
    throw placedFaultsError(
      errors.map(({ file, line, col, message, fix, rule }) => ({
        place: `${file}:${line}:${col}`,
        message: `${message}; ${fix} [${rule}]`,
      })),
    );
  };
  return {
    list,
    async listInTurns() {
      const readings: ReturnType<typeof read>[] = [];
      for (const place of places()) {
        readings.push(read(place));
        await new Promise<void>((done) => setImmediate(done));
      }
      return joined(readings);
    },
    show,
    describe(name, given) {
      const recipe = show(name);
      return { ...recipe, ...describeRecipe(recipe.data, given, pathsFrom(folders.projectDir)) };
    },
    read: (cwd, named) => (isRecipePath(named) ? readFileAt(resolve(cwd, named)) : show(named)),
    check(cwd, named) {
      const recipes = named.every(isRecipePath) && named.length > 0 ? [] : list();
      const checked = named.map((text) => (isRecipePath(text) ? readFileAt(resolve(cwd, text)) : show(text, recipes)));
      return (named.length === 0 ? recipes : checked).map(({ name, path, findings }) => ({ name, path, findings }));
    },
    prepare(cwd, named, given) {
      const recipe = isRecipePath(named) ? readFileAt(resolve(cwd, named)) : show(named);
      const { name, path, hides } = recipe;
      const graph = compile(recipe);
      const inputs = readRunInputs(graph.inputs, given, pathsFrom(cwd));
      const text = recipe.text ?? '';
      const refused = graph.steps.flatMap((step) => {
        if (step.refusal === null || isSkipped(step, inputs)) return [];
        return [{ place: placeOfKey(text, path, step.path), message: step.refusal }];
      });
      if (refused.length > 0) throw placedFaultsError(refused);
      return { name, path, text, graph, inputs, hides };
    },
    compile: (text, path) => compile(readRecipeText(text, path)),
  };
}

interface ReadPlace {
  readonly place: RecipePlace;
  readonly reading: RecipeReading;
}

/** By name, in alphabetical order. */
function joined(readings: readonly ReadPlace[]): readonly ListedRecipe[] {
  const byName = new Map<string, ListedRecipe>();
  for (const { place, reading } of readings) {
    const name = nameOf(place.path, reading);
    const winner = byName.get(name);
    const description = textAt(reading.data, 'description');
    const recipe = { ...reading, ...place, name, description, summary: textAt(reading.data, 'summary'), hides: [] };
    byName.set(name, winner === undefined ? recipe : { ...winner, hides: [...winner.hides, place] });
  }
  return [...byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** A file that does not contain the name need not be parsed, which takes a tenth of a second for a long one. */
function mayHaveName(path: string, name: string): boolean {
  if (fileNameOf(path) === name) return true;
  const reading = readTextFile(path);
  return 'text' in reading && reading.text?.includes(name) === true;
}

function readFileAt(path: string) {
  const reading = readRecipeFile(path);
  return { name: nameOf(path, reading), path, hides: [], ...reading };
}

const nameOf = (path: string, { data }: Pick<RecipeReading, 'data'>): string =>
  textAt(data, 'name') || fileNameOf(path);

const textAt = (data: unknown, key: string): string => {
  const value = isJsonObject(data) ? data[key] : undefined;
  return typeof value === 'string' ? value.trim() : '';
};
