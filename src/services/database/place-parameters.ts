import { AppError } from '../../domain/app-error.ts';
import { countText } from '../../domain/count-text.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import { mostParameters, type ScannedQuery } from './scan-query.ts';

export type ParameterValue = string | number | null;

/** A value for each parameter of a query, in order, with its name if it has one. */
export type PlacedParameter = readonly [name: string | null, value: ParameterValue];

/** @throws AppError `invalid_input` for anything but a JSON array or object of plain values, and where values and parameters do not match */
export function placeParameters({ parameters }: ScannedQuery, params: string): PlacedParameter[] {
  if (parameters.length > mostParameters)
    throw badParams(`the query has a parameter beyond the number ${mostParameters}: use lower numbers`);
  const given = readParams(params);
  return Array.isArray(given) ? byPosition(parameters, given) : byName(parameters, given);
}

function readParams(params: string): unknown[] | Readonly<Record<string, unknown>> {
  let given: unknown;
  try {
    given = JSON.parse(params);
  } catch (cause) {
    throw badParams('it is not JSON: give a JSON array such as [1, "a"], or an object such as {"id": 1}', cause);
  }
  if (typeof given === 'object' && given !== null) return given as Readonly<Record<string, unknown>>;
  throw badParams('it is neither a JSON array nor an object: write [1] for a single value');
}

function byPosition(parameters: ScannedQuery['parameters'], values: readonly unknown[]): PlacedParameter[] {
  if (values.length !== parameters.length)
    throw badParams(
      `it has ${countText(values.length, 'value')}, and the query has ${countText(parameters.length, 'parameter')}: give a value for each`,
    );
  return parameters.map((name, at) => [name, plainValue(values[at], `the value at position ${at + 1}`)]);
}

function byName(parameters: ScannedQuery['parameters'], values: Readonly<Record<string, unknown>>): PlacedParameter[] {
  const unused = new Set(Object.keys(values));
  const placed = parameters.map((name): PlacedParameter => {
    if (name === null || name.startsWith('?'))
      throw badParams('it is an object, but the query has parameters by position (?): give an array');
    const key = [name, name.slice(1)].find((key) => Object.hasOwn(values, key));
    if (key === undefined) throw badParams(`it has no value for ${name}: add ${encodeJson(name.slice(1))}`);
    unused.delete(key);
    return [name, plainValue(values[key], `the value of ${encodeJson(key)}`)];
  });
  if (unused.size === 0) return placed;
  throw badParams(`the query has no parameter for ${[...unused].map((key) => encodeJson(key)).join(', ')}`);
}

function plainValue(value: unknown, which: string): ParameterValue {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
    throw badParams(`${which} is a whole number beyond 2^53, of which JSON loses digits: write it into the query`);
  if (value === null || typeof value === 'number') return value;
  if (typeof value !== 'string') throw badParams(`${which} is neither text, number, true, false nor null`);
  if (value.includes('\0')) throw badParams(`${which} holds a NUL character, which SQLite texts do not`);
  return value;
}

const badParams = (problem: string, cause?: unknown) =>
  new AppError('invalid_input', `params does not fit: ${problem}.`, { cause });
