import type { PlacedFault } from '../../domain/placed-fault.ts';
import { describeValue, quote } from './describe-value.ts';
import type { YamlData } from './read-yaml-data.ts';

/** What a schema has found. Its message completes a sentence that begins with "expected". */
export interface SchemaIssue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Those that are not known. */
  readonly keys?: readonly string[];
  /** Of each alternative. */
  readonly errors?: readonly (readonly SchemaIssue[])[];
}

/** The issues as faults with their places. @param subject what the text is as a whole: `the script` */
export const schemaFaults = (issues: readonly SchemaIssue[], yaml: YamlData, subject: string): readonly PlacedFault[] =>
  issues.flatMap((issue) => faultsOf(issue, [], yaml, subject));

/** @param parent the path of the value that the issue's own path begins at */
function faultsOf(
  issue: SchemaIssue,
  parent: readonly PropertyKey[],
  yaml: YamlData,
  subject: string,
): readonly PlacedFault[] {
  const path = [...parent, ...issue.path];
  const { code, message, keys = [], errors = [] } = issue;
  if (code === 'unrecognized_keys')
    return keys.map((key) => ({
      place: yaml.placeOfKey([...path, key]),
      message: `unknown key ${quote(key)}; expected ${message}; remove or correct it`,
    }));
  const meant = errors.find((issues) => !issues.some(isOtherKind));
  if (meant !== undefined) return meant.flatMap((inner) => faultsOf(inner, path, yaml, subject));
  const name = path.length === 0 ? subject : pathText(path);
  return [
    {
      place: yaml.placeOf(path),
      message: `${name} is ${describeValue(valueAt(yaml.value, path))}; expected ${message}; correct it`,
    },
  ];
}

/** Whether an alternative of a union is for another kind of value: a list where a mapping was written. */
const isOtherKind = ({ code, path }: SchemaIssue) => code === 'invalid_type' && path.length === 0;

/** `skills.make-plan[2].wait` */
const pathText = (path: readonly PropertyKey[]): string =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .slice(1);

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((found, key) => (found as Readonly<Record<PropertyKey, unknown>> | undefined)?.[key], value);
