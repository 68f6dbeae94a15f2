import { isJsonObject } from '../../domain/json-object.ts';
import type { PlacedFault } from '../../domain/placed-fault.ts';
import { checkRecipe } from '../../domain/recipe/check-recipe.ts';
import { type Finding, mostFindings, valueAt } from '../../domain/recipe/finding.ts';
import { readTextFile } from '../yaml/read-text-file.ts';
import { readYamlData, type YamlData } from '../yaml/read-yaml-data.ts';

/** A problem in a recipe file. */
export interface PlacedFinding extends Omit<Finding, 'at'> {
  readonly file: string;
  readonly line: number;
  readonly col: number;
}

/** A file that should be a recipe. */
export interface RecipeReading {
  /** null: it cannot be read. */
  readonly text: string | null;
  /** As plain data; null: it is not YAML. */
  readonly data: unknown;
  readonly findings: readonly PlacedFinding[];
}

/** Reads and checks a recipe. Never throws. @param known what it was before: it is the same where the text is */
export function readRecipeFile(path: string, known?: RecipeReading): RecipeReading {
  const reading = readTextFile(path);
  if ('fault' in reading) return unread(null, [reading.fault]);
  const { text } = reading;
  if (text !== null) return known?.text === text ? known : readRecipeText(text, path);
  const message = 'the file does not exist; expected a recipe; check its path';
  return unread(null, [{ place: `${path}:1:1`, message }]);
}

/** The same for its text. @param path for places */
export function readRecipeText(text: string, path: string): RecipeReading {
  const nul = text.indexOf('\0');
  if (nul >= 0) return unread(text, [{ place: placeAt(text, nul, path), message: nulCharacter }]);
  const yaml = readYaml(text, path);
  if ('faults' in yaml) return unread(text, yaml.faults);
  const data = mapTexts(yaml.value, (each) => each.replaceAll(replaced, '{{$1}}'));
  const findings = checkRecipe(data).map((finding) => placed(finding, yaml, data));
  return { text, data, findings: findings.toSorted((one, other) => one.line - other.line || one.col - other.col) };
}

/** `file:line:col` of the key at the end of a path in the text of a recipe. */
export function placeOfKey(text: string, path: string, at: readonly PropertyKey[]): string {
  const yaml = readYaml(text, path);
  return 'faults' in yaml ? `${path}:1:1` : yaml.placeOfKey(at);
}

/** A recipe, as plain data, whose texts name the folder. */
export const withTempFolder = (data: unknown, folder: string): unknown =>
  mapTexts(data, (text) => text.replaceAll(placeholder, () => folder));

const readYaml = (text: string, path: string) => readYamlData(text.replaceAll(placeholder, '<<$1>>'), path);

const nulCharacter = 'a NUL character; expected text; remove it';

/** Folders, which are filled in when a recipe runs. YAML reads two braces as mappings; what stands for them has the same width, so that places stay. */
const placeholder = /\{\{((?:MAITRED|AUTOSKILLIT)_TEMP)\}\}/g;
const replaced = /<<((?:MAITRED|AUTOSKILLIT)_TEMP)>>/g;

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, change));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapTexts(each, change)]));
}

function placed({ at, ...finding }: Finding, yaml: YamlData, data: unknown): PlacedFinding {
  const { path, isKey = false, offset } = at;
  // What is missing is missing in what should have it, which is told by its own name.
  const isThere = valueAt(data, path) !== undefined;
  if (isKey || !isThere) return { ...finding, ...partsOf(yaml.placeOfKey(path)) };
  return { ...finding, ...partsOf(offset === undefined ? yaml.placeOf(path) : yaml.placeIn(path, offset)) };
}

/** What cannot be read as YAML has faults without rules of their own. The message of a fault ends with what to do. */
function unread(text: string | null, faults: readonly PlacedFault[]): RecipeReading {
  const findings = faults.slice(0, mostFindings).map(({ place, message }): PlacedFinding => {
    const [what = '', ...rest] = message.split('; ');
    return {
      rule: 'invalid-yaml',
      severity: 'error',
      step: null,
      message: what,
      fix: rest.join('; '),
      ...partsOf(place),
    };
  });
  return { text, data: null, findings };
}

function partsOf(place: string): Pick<PlacedFinding, 'file' | 'line' | 'col'> {
  const [, file = place, line = '1', col = '1'] = /^(.*):(\d+):(\d+)$/s.exec(place) ?? [];
  return { file, line: Number(line), col: Number(col) };
}

function placeAt(text: string, offset: number, path: string): string {
  const before = text.slice(0, offset);
  return `${path}:${before.split('\n').length}:${offset - before.lastIndexOf('\n')}`;
}
