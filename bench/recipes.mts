import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkModel } from '../src/domain/recipe/check-model.ts';
import { readGraph } from '../src/domain/recipe/read-graph.ts';
import { readRecipeFile } from '../src/services/recipes/read-recipe-file.ts';
import { type Figure, figure } from './figure.mts';
import type { Kit } from './kit.mts';
import { largeRecipe } from './large-recipe.mts';

/** Reading, compiling and checking a recipe of 80 steps, warm, in this process. */
export async function measureRecipes(kit: Kit): Promise<Figure[]> {
  const file = join(kit.workDir, 'large.yaml');
  writeFileSync(file, largeRecipe());
  const { data, findings } = readRecipeFile(file);
  const graph = readGraph(data);
  if (graph === null || findings.some(({ severity }) => severity === 'error'))
    throw new Error('the recipe of the bench has errors');
  const rounds = kit.pairs;
  const details = `${graph.steps.length} steps`;
  return [
    figure(
      'check a recipe of 80 steps',
      'ms',
      cpuTimesMs(rounds, () => readRecipeFile(file)),
      { atMost: 150 },
      details,
    ),
    figure(
      '  of that, the model check',
      'ms',
      cpuTimesMs(rounds, () => checkModel(graph)),
      null,
      '',
    ),
    figure(
      'compile it',
      'ms',
      cpuTimesMs(rounds, () => readGraph(data)),
      { atMost: 30 },
      details,
    ),
  ];
}

const warmUps = 5;

/** Processor time: other load counts less. */
function cpuTimesMs(rounds: number, run: () => unknown): number[] {
  const times = Array.from({ length: rounds + warmUps }, () => {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  });
  return times.slice(warmUps);
}
