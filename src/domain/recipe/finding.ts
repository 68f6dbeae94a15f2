import { encodeJson } from '../encode-json.ts';
import { nearestName } from '../nearest-name.ts';
import { shortName } from '../short-name.ts';

export type Severity = 'error' | 'warning';

/** Where a problem is in a recipe. */
export interface ProblemPlace {
  readonly path: readonly PropertyKey[];
  /** Whether it is the key at the end of the path, and not its value. */
  readonly isKey?: boolean;
  /** In a text: the character. */
  readonly offset?: number;
}

/** A problem in a recipe: what is wrong, and what to do. */
export interface Problem {
  readonly message: string;
  readonly fix: string;
  readonly at: ProblemPlace;
}

export interface Finding extends Problem {
  readonly rule: string;
  readonly severity: Severity;
  /** null: not in a step. */
  readonly step: string | null;
}

/** Of one recipe: more are of no use to anybody, and can be more than there is time for. */
export const mostFindings = 200;

/** The findings that are shown, with a last one that says if there are more. */
export const boundedFindings = (findings: readonly Finding[]): readonly Finding[] =>
  findings.length <= mostFindings ? findings : [...findings.slice(0, mostFindings), tooMany];

const tooMany: Finding = {
  rule: 'too-many-findings',
  severity: 'error',
  step: null,
  message: `there are more than ${mostFindings} findings; ${mostFindings} of them are shown`,
  fix: 'correct these, and check again',
  at: { path: [], isKey: true },
};

/** The step that a path is in; null: none. */
export const stepOf = ([first, step]: readonly PropertyKey[]): string | null =>
  first === 'steps' && step !== undefined ? String(step) : null;

/** Foreign text in a message. */
export const quoted = (text: string): string => encodeJson(shortName(text));

/** `steps.merge.on_result[2].route` */
export const pathText = (path: readonly PropertyKey[]): string =>
  path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${shortName(String(key))}`))
    .join('') || 'the recipe';

export const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (found, key) =>
      typeof found === 'object' && found !== null && Object.hasOwn(found, key) ? Reflect.get(found, key) : undefined,
    value,
  );

/** A fix: the name that was probably meant, or else what can be done. */
export function meantOr(name: string, candidates: Iterable<string>, otherwise: string): string {
  const near = nearestName(name, candidates);
  return near === undefined ? otherwise : `did you mean ${near}?`;
}
