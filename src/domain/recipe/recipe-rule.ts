import type { Problem, Severity } from './finding.ts';
import type { Recipe } from './recipe.ts';

/** A check of a recipe. Pure. */
export interface RecipeRule {
  readonly id: string;
  readonly severity: Severity;
  check(recipe: Recipe): Iterable<Problem>;
}
