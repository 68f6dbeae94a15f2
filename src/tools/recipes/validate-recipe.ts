import * as z from 'zod';
import { countText } from '../../domain/count-text.ts';
import { defineTool } from '../define-tool.ts';
import { fillPage, pageArguments, restFields } from '../page.ts';
import type { ToolServices } from '../tool-services.ts';
import { findingFields, findingText, isError } from './recipe-fields.ts';

export const validateRecipe = defineTool({
  name: 'validate_recipe',
  title: 'Validate a recipe',
  description: `Checks a recipe file without running it, and returns each problem with its place and what to do. Use it after each change of a recipe, until valid is true. To read a recipe by name use load_recipe.
Example: {"script_path": "/home/ann/shop/.maitred/recipes/release.yaml"}`,
  category: 'Recipes',
  tags: ['kitchen'],
  needs: [],
  effect: 'reads',
  openWorld: false,
  input: z.object({
    script_path: z.string().min(1).describe('YAML file: an absolute path within workspace.roots.'),
    ...pageArguments,
  }),
  output: () =>
    z.object({
      valid: z.boolean().describe('Whether there are no errors.'),
      errors: z.array(z.string()).describe('The errors, each as one line with its place.'),
      quality: z.object({
        warnings: z.array(
          z.object({
            code: z.string().describe('The name of the rule.'),
            step: z.string().nullable(),
            field: z.null().describe('Always null: findings has the place.'),
            message: z.string(),
          }),
        ),
        summary: z.string().describe('How many errors and warnings there are.'),
      }),
      findings: z.array(findingFields()).describe('Errors and warnings, in the order of the file.'),
      contracts: z.array(z.never()).describe('Always empty in this version.'),
      ...restFields(),
    }),
  handler({ script_path: path, limit, offset }, { recipes, workspace }: Pick<ToolServices, 'recipes' | 'workspace'>) {
    const { findings } = recipes.read('/', workspace.file(path, 'script_path'));
    const errors = findings.filter(isError);
    const warnings = findings.filter((finding) => !isError(finding));
    const summary = `${countText(errors.length, 'error')}, ${countText(warnings.length, 'warning')}`;
    return fillPage({ limit, offset, length: findings.length, noun: 'finding' }, ({ of, nextOffset, leftOut }) => ({
      valid: errors.length === 0,
      errors: of(errors).map(findingText),
      quality: {
        warnings: of(warnings).map(({ rule, step, message }) => ({ code: rule, step, field: null, message })),
        summary,
      },
      findings: of(findings).map((finding) => ({ ...finding })),
      contracts: [],
      next_offset: nextOffset,
      left_out: leftOut,
    }));
  },
});
