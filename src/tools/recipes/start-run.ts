import * as z from 'zod';
import { fitAnswer } from '../../domain/answer-budget.ts';
import type { JsonObject } from '../../domain/json-object.ts';
import { isRecipePath } from '../../domain/recipe/recipe-path.ts';
import type { BudgetKind, RunBudgets } from '../../domain/recipe/run-spending.ts';
import { defineTool } from '../define-tool.ts';
import { refuseHeadless } from '../refuse-headless.ts';
import type { ToolServices } from '../tool-services.ts';
import { callerOf } from './run-fields.ts';

type Services = Pick<ToolServices, 'recipes' | 'recipeRuns' | 'redact' | 'status' | 'workspace'>;

const limit = (of: string) => z.number().positive().optional().describe(of);

export const startRun = defineTool({
  name: 'start_run',
  title: 'Start a run',
  description: `Starts a recipe, which this server then executes step by step, and returns its run_id at once. Use it when a recipe of list_recipes does the task; load_recipe has its inputs. Then call run_status with wait_s until a person has to decide or the run has ended. Do not do the steps of the recipe yourself.
Example: {"recipe": "demo", "inputs": {"project": "/home/ann/shop"}}`,
  category: 'Recipes',
  tags: ['kitchen'],
  needs: ['ready'],
  effect: 'destroys',
  openWorld: true,
  input: z.object({
    recipe: z
      .string()
      .min(1)
      .describe('A name from list_recipes, or a YAML file: an absolute path within workspace.roots.'),
    inputs: z.record(z.string(), z.unknown()).default({}).describe('Values of its inputs, by name.'),
    budgets: z
      .strictObject({
        usd: limit('US dollars.'),
        tokens: limit('Tokens of its sessions.'),
        turns: limit('Turns of its sessions.'),
        ms: limit('Milliseconds of work.'),
        visits: limit('How many steps it may enter.'),
      } satisfies Readonly<Record<BudgetKind, z.ZodType>>)
      .default({})
      .describe('Hard limits of the whole run; without one, each step is visited at most 20 times.'),
  }),
  output: () =>
    z.object({
      success: z.literal(true),
      run_id: z.string().describe('For run_status, answer_gate and cancel_run.'),
      recipe: z.string(),
      path: z.string().describe('Its file.'),
      inputs: z.record(z.string(), z.unknown()).describe('With defaults, and without secrets.'),
      note: z.string().nullable().describe('That the recipe hides others of its name; null if it does not.'),
      next: z.string().describe('What to do next.'),
    }),
  async handler({ recipe, inputs, budgets }, { recipes, recipeRuns, redact, status, workspace }: Services) {
    refuseHeadless(status, 'start_run');
    const { projectDir } = status.read();
    const prepared = recipes.prepare(
      projectDir,
      isRecipePath(recipe) ? workspace.file(recipe, 'recipe') : recipe,
      inputs,
    );
    const { name, path, text, graph, hides } = prepared;
    const run = await recipeRuns.start({
      recipe: { name, path, text },
      graph,
      inputs: prepared.inputs,
      budgets: budgets as RunBudgets,
      cwd: projectDir,
      startedBy: callerOf(status),
    });
    return fitAnswer({
      success: true as const,
      run_id: run.runId,
      recipe: name,
      path,
      inputs: redact.value(prepared.inputs) as JsonObject,
      note: hides.length === 0 ? null : `It is used in the place of ${hides.map((place) => place.path).join(', ')}.`,
      next: `Call run_status with {"run_id": "${run.runId}", "wait_s": 60}.`,
    });
  },
});
