import type { Command } from 'commander';
import { AppError } from '../../domain/app-error.ts';
import type { JsonObject } from '../../domain/json-object.ts';
import type { RecipeGraph } from '../../domain/recipe/recipe-graph.ts';
import type { RunBudgets } from '../../domain/recipe/run-spending.ts';
import type { Recipes } from '../../services/recipes/recipes.ts';
import type { CliHost } from '../cli-host.ts';
import { examples } from '../help-text.ts';
import { createPrompt, type Prompt } from '../init/prompt.ts';
import { projectOption } from '../project-config.ts';
import { placeText } from '../recipes/listed-recipe.ts';
import { readRecipe } from '../recipes/read-recipe.ts';
import { recipesFor } from '../recipes/recipes-command.ts';
import { writeRemark } from '../report.ts';
import { whyNoPerson } from '../require-person.ts';
import { openRuns } from '../runs/open-runs.ts';
import { addBudgetOption, budgetArguments } from './read-budgets.ts';
import { askForMissing, inputArguments, readInputs, refuseMissing } from './read-inputs.ts';
import { runDetached } from './run-detached.ts';
import { runExitCodeHelp, runHere } from './run-here.ts';

interface OrderOptions {
  readonly detach?: boolean;
  readonly budget?: RunBudgets;
  readonly project?: string;
  readonly json?: boolean;
}

/** `maitred order`: runs a recipe. */
export function addOrderCommand(program: Command, host: CliHost): void {
  const order = program
    .command('order')
    .description('run a recipe, and ask a person at its gates')
    .argument('[RECIPE]', 'a name from maitred recipes list, or the path of a file (default: asks on a terminal)')
    .argument('[input=value...]', 'inputs of the recipe; a terminal asks for those that are missing');
  addBudgetOption(order, 'stop the run when it has used so much')
    .option('--detach', 'run it in the background, and print its id')
    .option(...projectOption)
    .option('--json', 'print JSON at the end, for programs')
    .addHelpText('after', runExitCodeHelp)
    .addHelpText(
      ...examples(
        'maitred order smoke project=.',
        'maitred order demo project=. --budget usd=5 --budget time=2h',
        'maitred order demo project=. --detach',
      ),
    )
    .action((recipe: string | undefined, inputs: readonly string[], options: OrderOptions) =>
      runOrder(host, recipe, inputs, options),
    );
}

/** @throws AppError `invalid_input` without a recipe or an input that it needs; as `runHere` does */
async function runOrder(
  host: CliHost,
  named: string | undefined,
  typed: readonly string[],
  options: OrderOptions,
): Promise<void> {
  const { budget: budgets = {}, detach = false, json: asJson = false } = options;
  const { service, projectDir } = recipesFor(host, options);
  const given = readInputs(typed);
  const asking = { service, projectDir, named, given };
  const order = whyNoPerson(host) === null ? await askForOrder(host, asking) : orderWithoutPerson(host, asking);
  if (order === null) {
    writeRemark(host, 'no recipe was chosen, and nothing runs');
    return;
  }
  const { path, inputs } = order;
  const project = options.project === undefined ? null : projectDir;
  if (!detach) {
    const { journals } = openRuns(host);
    await runHere(host, journals, { kind: 'start', project, recipe: path, inputs, budgets }, asJson);
    return;
  }
  const projectArguments = project === null ? [] : ['--project', project];
  const args = ['order', ...budgetArguments(budgets), ...projectArguments, '--', path, ...inputArguments(inputs)];
  await runDetached(host, args, asJson);
}

interface Asking {
  readonly service: Recipes;
  readonly projectDir: string;
  readonly named: string | undefined;
  readonly given: JsonObject;
}

interface Order {
  /** Of the recipe. */
  readonly path: string;
  readonly inputs: JsonObject;
}

/** null: the person wants none of the recipes. */
async function askForOrder(host: CliHost, { service, projectDir, named, given }: Asking): Promise<Order | null> {
  const prompt = createPrompt(host, 'nothing has been started');
  try {
    const chosen = named ?? (await chooseRecipe(prompt, service));
    if (chosen === null) return null;
    const { path, graph } = readOrdered(host, { service, projectDir, chosen });
    const inputs = await askForMissing(prompt, graph.inputs, given, host);
    refuseMissing(chosen, graph.inputs, inputs);
    return { path, inputs };
  } finally {
    prompt.close();
  }
}

function orderWithoutPerson(host: CliHost, { service, projectDir, named: chosen, given }: Asking): Order {
  if (chosen === undefined)
    throw new AppError('invalid_input', 'name a recipe: maitred order RECIPE; maitred recipes list shows them');
  const { path, graph } = readOrdered(host, { service, projectDir, chosen });
  refuseMissing(chosen, graph.inputs, given);
  return { path, inputs: given };
}

async function chooseRecipe(prompt: Prompt, service: Recipes): Promise<string | null> {
  const recipes = service.list();
  const items = recipes.map(({ name, description }) => `${name}: ${description.split('\n')[0] || 'no description'}`);
  const at = await prompt.choose('Number of the recipe (0: none)?', items, null);
  return at === null ? null : (recipes[at]?.name ?? null);
}

/** Says which recipes this one hides. */
function readOrdered(
  host: CliHost,
  { service, projectDir, chosen }: { service: Recipes; projectDir: string; chosen: string },
): { readonly path: string; readonly graph: RecipeGraph } {
  const { name, path, hides, graph } = readRecipe(service, host.cwd(), chosen);
  const [hidden] = hides;
  if (hidden !== undefined)
    writeRemark(host, `${name} is the recipe in ${path}, which hides the one from ${placeText(hidden, projectDir)}`);
  return { path, graph };
}
