import { type AgentScript, agentScriptSchema } from '../../domain/agent-script.schema.ts';
import { type PlacedFault, placedFaultsError } from '../../domain/placed-fault.ts';
import { describeValue, quote } from '../yaml/describe-value.ts';
import { readTextFile } from '../yaml/read-text-file.ts';
import { readYamlData, type YamlData } from '../yaml/read-yaml-data.ts';

/**
 * Reads a script of the scripted agent.
 * @throws AppError `invalid_input` with the places of the faults
 */
export function readScript(path: string): AgentScript {
  const reading = readTextFile(path);
  if ('fault' in reading) throw placedFaultsError([reading.fault]);
  if (reading.text === null) {
    const message = 'this file does not exist; expected a script; check the path';
    throw placedFaultsError([{ place: `${path}:1:1`, message }]);
  }
  const yaml = readYamlData(reading.text, path);
  if ('faults' in yaml) throw placedFaultsError(yaml.faults);
  const parsed = agentScriptSchema.safeParse(yaml.value);
  if (parsed.success) return parsed.data;
  throw placedFaultsError(parsed.error.issues.flatMap((issue) => faultsOf(issue, [], yaml)));
}

type Issue = NonNullable<ReturnType<typeof agentScriptSchema.safeParse>['error']>['issues'][number];

/** @param parent the path of the value that the issue's own path begins at */
function faultsOf(issue: Issue, parent: readonly PropertyKey[], yaml: YamlData): readonly PlacedFault[] {
  const path = [...parent, ...issue.path];
  const { code, message } = issue;
  if (code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      place: yaml.placeOfKey([...path, key]),
      message: `unknown key ${quote(key)}; expected ${message}; remove or correct it`,
    }));
  const meant = code === 'invalid_union' ? issue.errors.find((issues) => !issues.some(isOtherKind)) : undefined;
  if (meant !== undefined) return meant.flatMap((inner) => faultsOf(inner as Issue, path, yaml));
  const name = path.length === 0 ? 'the script' : pathText(path);
  return [
    {
      place: yaml.placeOf(path),
      message: `${name} is ${describeValue(valueAt(yaml.value, path))}; expected ${message}; correct it`,
    },
  ];
}

/** Whether an alternative of a union is for another kind of value: a list where a mapping was written. */
const isOtherKind = ({ code, path }: Pick<Issue, 'code' | 'path'>) => code === 'invalid_type' && path.length === 0;

/** `skills.make-plan[2].wait` */
const pathText = (path: readonly PropertyKey[]): string =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .slice(1);

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((found, key) => (found as Readonly<Record<PropertyKey, unknown>> | undefined)?.[key], value);
