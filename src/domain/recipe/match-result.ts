import { boundedMatch } from '../bounded-match.ts';
import { encodeJson } from '../encode-json.ts';
import { isJsonObject, type JsonObject } from '../json-object.ts';
import { isNestedDeeper, mostLevels } from '../nesting.ts';
import { pathText, quoted } from './finding.ts';
import type { ResultSchema, ResultType, SchemaKeywords } from './result-schema.schema.ts';

/**
 * What is wrong with a JSON value by a JSON Schema: `result.verdict is missing`; null: nothing. Keys of the schema count for values of their own
 * type. The sentence does not quote the value, which can hold secrets.
 */
export const mismatchOf = (schema: ResultSchema, value: unknown): string | null =>
  isNestedDeeper(value, mostLevels) ? 'result is nested too deeply' : (mismatchAt(schema, value, ['result']) ?? null);

type Path = readonly PropertyKey[];

function mismatchAt(schema: ResultSchema, value: unknown, at: Path): string | undefined {
  if (schema === true) return undefined;
  const place = pathText(at);
  if (schema === false) return `${place} must not be there`;
  return (
    ownMismatch(schema, value, place) ??
    (isJsonObject(value) ? objectMismatch(schema, value, at) : undefined) ??
    (Array.isArray(value) ? listMismatch(schema, value, at) : undefined) ??
    (typeof value === 'string' ? textMismatch(schema, value, place) : undefined) ??
    (typeof value === 'number' ? numberMismatch(schema, value, place) : undefined) ??
    combinedMismatch(schema, value, at)
  );
}

function ownMismatch({ type, enum: values, const: only }: SchemaKeywords, value: unknown, place: string) {
  const types = type === undefined ? [] : [type].flat();
  if (types.length > 0 && !types.some((each) => isOfType(each, value)))
    return `${place} is ${typeOf(value)}; expected ${types.join(' or ')}`;
  const allowed = values ?? (only === undefined ? undefined : [only]);
  if (allowed === undefined || allowed.some((each) => isSame(each, value))) return undefined;
  return `${place} has another value; expected ${allowed.map((each) => encodeJson(each)).join(' or ')}`;
}

function objectMismatch(schema: SchemaKeywords, value: JsonObject, at: Path): string | undefined {
  const { required = [], properties = {}, additionalProperties = true, minProperties = 0, maxProperties } = schema;
  const missing = required.find((key) => !Object.hasOwn(value, key));
  if (missing !== undefined) return `${pathText([...at, missing])} is missing`;
  const keys = Object.keys(value);
  for (const key of keys) {
    const own = Object.hasOwn(properties, key) ? properties[key] : undefined;
    const found = mismatchAt(own ?? additionalProperties, value[key], [...at, key]);
    if (found !== undefined) return found;
  }
  return countMismatch(`${pathText(at)} has ${keys.length} keys`, keys.length, minProperties, maxProperties);
}

function listMismatch(schema: SchemaKeywords, value: readonly unknown[], at: Path): string | undefined {
  const { items = true, minItems = 0, maxItems, uniqueItems = false } = schema;
  const place = pathText(at);
  for (const [index, each] of value.entries()) {
    const found = mismatchAt(items, each, [...at, index]);
    if (found !== undefined) return found;
  }
  if (uniqueItems && new Set(value.map(canonical)).size < value.length) return `${place} has an item twice`;
  return countMismatch(`${place} has ${value.length} items`, value.length, minItems, maxItems);
}

function textMismatch({ minLength = 0, maxLength, pattern }: SchemaKeywords, value: string, place: string) {
  if (pattern !== undefined && boundedMatch(value, pattern, '') === null)
    return `${place} does not match ${quoted(pattern)}`;
  const length = [...value].length;
  return countMismatch(`${place} has ${length} characters`, length, minLength, maxLength);
}

function numberMismatch(schema: SchemaKeywords, value: number, place: string): string | undefined {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const least = 'expected a number';
  if (minimum !== undefined && value < minimum) return `${place} is too small; ${least} of at least ${minimum}`;
  if (maximum !== undefined && value > maximum) return `${place} is too large; ${least} of at most ${maximum}`;
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum)
    return `${place} is too small; ${least} above ${exclusiveMinimum}`;
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum)
    return `${place} is too large; ${least} below ${exclusiveMaximum}`;
  return undefined;
}

function combinedMismatch(schema: SchemaKeywords, value: unknown, at: Path): string | undefined {
  const { allOf = [], anyOf, oneOf, not } = schema;
  const place = pathText(at);
  const matches = (one: ResultSchema) => mismatchAt(one, value, at) === undefined;
  for (const each of allOf) {
    const found = mismatchAt(each, value, at);
    if (found !== undefined) return found;
  }
  if (anyOf !== undefined && !anyOf.some(matches)) return `${place} matches nothing of anyOf`;
  const count = oneOf?.filter(matches).length ?? 1;
  if (count !== 1) return `${place} matches ${count === 0 ? 'nothing' : 'more than one'} of oneOf`;
  return not !== undefined && matches(not) ? `${place} matches what not excludes` : undefined;
}

function countMismatch(what: string, count: number, least: number, most = Number.POSITIVE_INFINITY) {
  if (count < least) return `${what}; expected at least ${least}`;
  return count > most ? `${what}; expected at most ${most}` : undefined;
}

function isOfType(type: ResultType, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  return typeOf(value) === type;
}

function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

const isSame = (one: unknown, other: unknown) => canonical(one) === canonical(other);

/** The same text for equal values, whatever the order of their keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isJsonObject(value)) return encodeJson(value ?? null);
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${encodeJson(key)}:${canonical(value[key])}`);
  return `{${entries.join()}}`;
}
