import { compareDecimals, decimalText, readDecimal } from '../expression/decimal.ts';
import type { JsonObject } from '../json-object.ts';
import { type PlacedFault, placedFaultsError } from '../placed-fault.ts';
import { meantOr, quoted } from './finding.ts';
import type { GraphInput } from './recipe-graph.ts';

export interface PathResolution {
  /** Makes a path absolute that was given for this run. */
  given(path: string): string;
  /** Makes a path absolute that is a default in the recipe. */
  written(path: string): string;
}

/**
 * The inputs of a run, each with a value of its type: what is given, or else the default. null: it has none. An empty text stands for no value,
 * except where a text is asked for; as a default, it stays: the recipe finds the value out.
 * @param given by name, as texts or as JSON
 * @throws AppError `invalid_input`, naming each input that is unknown, missing or of another type
 */
export function readRunInputs(inputs: readonly GraphInput[], given: JsonObject, paths: PathResolution): JsonObject {
  const names = inputs.map(({ name }) => name);
  const unknown = Object.keys(given).filter((name) => !names.includes(name));
  const faults = unknown.map((name) =>
    faultOf(name, `the recipe has no such input; ${meantOr(name, names, listed(names))}`),
  );
  const values = inputs.map((input) => {
    const read = readRunInput(input, Object.hasOwn(given, input.name) ? given[input.name] : null, paths);
    if ('fault' in read) faults.push(faultOf(input.name, read.fault));
    return [input.name, 'fault' in read ? null : read.value] as const;
  });
  if (faults.length > 0) throw placedFaultsError(faults);
  return Object.fromEntries(values);
}

const faultOf = (name: string, message: string): PlacedFault => ({ place: `input ${quoted(name)}`, message });

const listed = (names: readonly string[]) =>
  names.length === 0 ? 'it has no inputs; leave it out' : `its inputs are ${names.join(', ')}`;

type ReadInput = { readonly value: unknown } | { readonly fault: string };

function readRunInput(input: GraphInput, given: unknown, paths: PathResolution): ReadInput {
  const { type = 'text', default: otherwise = null, required = false, description } = input;
  const isGiven = !isEmpty(given) || (given === '' && type === 'text' && !required);
  if (isGiven) return readValue(input, given, paths.given);
  if (!isEmpty(otherwise)) return readValue(input, otherwise, paths.written);
  if (!required || otherwise === '') return { value: otherwise };
  const what = description === undefined ? '' : ` (${description.trim()})`;
  return { fault: `it is missing; expected ${expected(input)}${what}` };
}

const isEmpty = (value: unknown) => value === undefined || value === null || value === '';

function readValue(input: GraphInput, value: unknown, absolute: (path: string) => string): ReadInput {
  const wrong = { fault: `it is ${describe(value)}; expected ${expected(input)}` };
  if (typeof value === 'object') return wrong;
  const text = String(value).trim();
  switch (input.type) {
    case 'number': {
      const number = Number(text);
      const [asked, kept] = [readDecimal(text), readDecimal(decimalText(number))];
      // Digits that a number does not keep would be those of another issue or version.
      return asked !== null && kept !== null && compareDecimals(asked, kept) === 0 ? { value: number } : wrong;
    }
    case 'boolean':
      return /^(?:true|false)$/i.test(text) ? { value: text.toLowerCase() === 'true' } : wrong;
    case 'choice':
      return input.choices?.includes(text) === true ? { value: text } : wrong;
    case 'issue':
      return issuePattern.test(text) ? { value: text.replace(/^#/, '') } : wrong;
    case 'path':
      return typeof value === 'string' && !text.includes('\0') ? { value: absolute(text) } : wrong;
    default:
      return { value: String(value) };
  }
}

const issuePattern =
  /^(?:#?\d{1,10}|[\w.-]+\/[\w.-]+#\d{1,10}|https?:\/\/[^\s/]+\/[^\s/]+\/[^\s/]+\/issues\/\d{1,10})$/;

function expected({ type = 'text', choices = [] }: GraphInput): string {
  if (type === 'choice') return `one of ${choices.join(', ')}`;
  return {
    text: 'a text',
    number: 'a number of at most 15 digits',
    boolean: 'true or false',
    issue: 'an issue: a number, OWNER/REPO#NUMBER, or its address',
    path: 'a path',
  }[type];
}

function describe(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a mapping' : String(value);
}
