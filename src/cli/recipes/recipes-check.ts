import { countText } from '../../domain/count-text.ts';
import { printable } from '../../domain/printable-text.ts';
import type { PlacedFinding } from '../../services/recipes/read-recipe-file.ts';
import type { CheckedRecipe } from '../../services/recipes/recipes.ts';
import type { CliHost } from '../cli-host.ts';
import { FoundFaults } from '../found-faults.ts';
import { jsonText, writeRemark } from '../report.ts';
import { isValid } from './listed-recipe.ts';

/**
 * `maitred recipes check`: one line for each finding on stdout.
 * @throws FoundFaults if there are errors
 */
export function checkRecipes(host: CliHost, checked: readonly CheckedRecipe[], asJson: boolean): void {
  const findings = checked.flatMap((recipe) => recipe.findings);
  const text = findings.map((finding) => `${printable(findingText(finding))}\n`).join('');
  const json = { recipes: checked.map((recipe) => ({ ...recipe, valid: isValid(recipe) })) };
  host.stdout.write(asJson ? jsonText(json) : text);
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const counts = [
    ...(errors === 0 ? [] : [countText(errors, 'error')]),
    ...(errors === findings.length ? [] : [countText(findings.length - errors, 'warning')]),
  ];
  const result = counts.join(', ') || 'no findings';
  if (!asJson) writeRemark(host, `${countText(checked.length, 'recipe')} checked: ${result}`);
  if (errors > 0) throw new FoundFaults();
}

const findingText = ({ file, line, col, severity, message, fix, rule }: PlacedFinding): string =>
  `${file}:${line}:${col}: ${severity}: ${message}; ${fix} [${rule}]`;
