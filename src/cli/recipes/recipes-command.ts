import { dirname, join } from 'node:path';
import { type Command, Option } from 'commander';
import { createRecipes, type Recipes } from '../../services/recipes/recipes.ts';
import type { CliHost } from '../cli-host.ts';
import { examples } from '../help-text.ts';
import { projectOption, projectSourcesOf } from '../project-config.ts';
import { checkRecipes } from './recipes-check.ts';
import { listRecipes } from './recipes-list.ts';
import { showRecipe } from './recipes-show.ts';

interface RecipesOptions {
  readonly project?: string;
  readonly format: 'text' | 'json';
  readonly json?: boolean;
}

/** `maitred recipes`: the pipelines that people have written down. */
export function addRecipesCommand(program: Command, host: CliHost): void {
  const recipes = program
    .command('recipes')
    .description('list, show and check recipes: pipelines of tools and agent sessions')
    .addHelpText(
      'after',
      "\nA project's .maitred/recipes/NAME.yaml wins over its .autoskillit/recipes/NAME.yaml, that over recipes/NAME.yaml beside the user's configuration, and that over the recipe NAME of maitred.\nmaitred order NAME runs one.",
    )
    .addHelpText(...examples('maitred recipes list', 'maitred recipes show demo', 'maitred recipes check'));
  const add = (name: string, description: string) =>
    recipes
      .command(name)
      .description(description)
      .option(...projectOption)
      .addOption(new Option('--format <FORMAT>', 'text for people, json for programs').choices(formats).default('text'))
      .option('--json', 'the same as --format json');
  add('list', 'list the recipes of the project, of the user, and of maitred')
    .addHelpText(...examples('maitred recipes list', 'maitred recipes list --json | jq -r ".recipes[].name"'))
    .action((options: RecipesOptions) => {
      const { service, projectDir } = recipesFor(host, options);
      listRecipes(host, service.list(), projectDir, isJson(options));
    });
  add('show', 'print a recipe, to read it or to change a copy')
    .argument('<NAME>', 'a name from maitred recipes list')
    .addHelpText(
      ...examples(
        'maitred recipes show demo',
        'mkdir -p .maitred/recipes && maitred recipes show demo > .maitred/recipes/mine.yaml',
      ),
    )
    .action((name: string, options: RecipesOptions) =>
      showRecipe(host, recipesFor(host, options).service.show(name), isJson(options)),
    );
  add('check', 'check recipes without running them; exit code 1 if anything is an error')
    .argument('[NAME|FILE...]', 'names, or paths of files (default: all recipes)')
    .addHelpText(...examples('maitred recipes check', 'maitred recipes check .maitred/recipes/release.yaml'))
    .action((named: readonly string[], options: RecipesOptions) =>
      checkRecipes(host, recipesFor(host, options).service.check(host.cwd(), named), isJson(options)),
    );
}

const formats = ['text', 'json'];

const isJson = ({ format, json }: RecipesOptions) => json === true || format === 'json';

export function recipesFor(
  host: CliHost,
  { project }: Pick<RecipesOptions, 'project'>,
): { readonly service: Recipes; readonly projectDir: string } {
  const { projectDir, userFile } = projectSourcesOf(host, project);
  const userDir = join(dirname(userFile), 'recipes');
  return { service: createRecipes({ projectDir, userDir, shippedDir: `${host.programDir}/recipes` }), projectDir };
}
