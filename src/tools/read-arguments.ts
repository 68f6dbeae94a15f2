import type * as z from 'zod';
import { addedArguments } from '../domain/added-arguments.ts';
import { AppError } from '../domain/app-error.ts';
import { encodeJson } from '../domain/encode-json.ts';
import { isJsonObject } from '../domain/json-object.ts';
import { nearestOrAbbreviated } from '../domain/nearest-name.ts';
import { printable } from '../domain/printable-text.ts';
import type { Tool } from './define-tool.ts';

interface ArgumentFault {
  readonly argument: string;
  /** A sentence. */
  readonly message: string;
}

const mostFaults = 10;
const longestName = 60;

/**
 * The arguments of a call as the tool declares them. What clients add on their own is ignored. null equals an absent optional argument,
 * unless the tool declares that it takes null.
 * @throws AppError `invalid_input` with a sentence for each argument that is unknown, missing or wrong
 */
export function readArguments({ name, input }: Pick<Tool<never>, 'name' | 'input'>, args: unknown) {
  const given = isJsonObject(args)
    ? Object.fromEntries(Object.entries(args).filter(([key, value]) => !isIgnored(input, key, value)))
    : args;
  const parsed = input.safeParse(given, { error: whatItMustBe });
  const unknown = isJsonObject(given) ? Object.keys(given).filter((key) => !Object.hasOwn(input.shape, key)) : [];
  if (parsed.success && unknown.length === 0) return parsed.data;
  const faults = faultsOf(name, input, isJsonObject(given) ? given : {}, unknown, parsed.error?.issues ?? []);
  const more = faults.length > mostFaults ? ` … and ${faults.length - mostFaults} more.` : '';
  const shown = faults.slice(0, mostFaults);
  throw new AppError('invalid_input', `${shown.map(({ message }) => message).join(' ')}${more}`, {
    details: { arguments: shown },
  });
}

function isIgnored({ shape }: z.ZodObject, key: string, value: unknown): boolean {
  const declared = Object.hasOwn(shape, key) ? (shape[key] as z.ZodType) : undefined;
  if (declared === undefined) return addedArguments.has(key);
  return value === null && declared.safeParse(undefined).success && !declared.safeParse(null).success;
}

function faultsOf(
  tool: string,
  { shape }: z.ZodObject,
  given: Readonly<Record<string, unknown>>,
  unknown: readonly string[],
  issues: readonly z.core.$ZodIssue[],
): ArgumentFault[] {
  const isMissing = ({ path }: z.core.$ZodIssue) => path.length === 1 && !Object.hasOwn(given, String(path[0]));
  const missing = issues.filter(isMissing).map(({ path }) => String(path[0]));
  /** What was probably meant by an unknown argument to be a missing one, by the name of that. */
  const misnamed = new Map<string, string>();
  for (const key of unknown) {
    const meant = nearestOrAbbreviated(key, missing);
    if (meant !== undefined && !misnamed.has(meant)) misnamed.set(meant, key);
  }
  const explained = new Set(misnamed.values());
  const strays = unknown.filter((key) => !explained.has(key));
  const wrong = issues.filter((issue) => !isMissing(issue));
  return [
    ...missing.map((argument) => {
      const lookalike = misnamed.get(argument);
      const hint = lookalike === undefined ? '' : `; ${shown(lookalike)} looks like it`;
      return { argument, message: `${tool} needs \`${argument}\`${hint}.` };
    }),
    ...strays.map((key) => ({
      argument: nameOrLength(key),
      message: `${shown(key)} is not an argument of ${tool}. ${whatItTakes(Object.keys(shape), key)}`,
    })),
    ...wrong.map(({ path, message }) => {
      const argument = path.join('.');
      const subject = argument === '' ? `The arguments of ${tool}` : `${shown(argument)} of ${tool}`;
      return { argument: argument || '(arguments)', message: `${subject} ${message}.` };
    }),
  ];
}

/** Completes a sentence about the argument. Where the schema has a message of its own, zod does not ask. */
function whatItMustBe(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${typeNames[issue.expected] ?? `of type ${issue.expected}`}`;
    case 'invalid_value':
      return `must be ${issue.values.map((value) => encodeJson(value)).join(' or ')}`;
    case 'too_small':
      return issue.origin === 'string' ? 'must not be empty' : `must be at least ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'string'
        ? `must have at most ${issue.maximum} characters`
        : `must be at most ${issue.maximum}`;
    case 'unrecognized_keys':
      return `has no ${issue.keys.map(shown).join(' or ')}: give the keys that its schema lists`;
    default:
      return 'is not valid';
  }
}

const typeNames: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'a string',
};

function whatItTakes(declared: readonly string[], unknown: string): string {
  const meant = nearestOrAbbreviated(unknown, declared);
  if (meant !== undefined) return `Did you mean \`${meant}\`?`;
  return declared.length === 0 ? 'It takes none.' : `It takes ${declared.map((name) => `\`${name}\``).join(', ')}.`;
}

/** A name that a caller wrote, on one line. */
const shown = (name: string) => `\`${printable(nameOrLength(name))}\``;

/** Of a long name not even a part: half of a secret in it would not be recognized and redacted. */
const nameOrLength = (name: string) => (name.length > longestName ? `(${name.length} characters)` : name);
