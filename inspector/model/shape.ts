import { isJsonObject } from '../../src/domain/json-object.ts';

/** Checks a value; null: it matches. */
export type Shape = (value: unknown) => Mismatch | null;

export interface Mismatch {
  /** Keys from the value down to the wrong member; empty: the value itself. */
  readonly path: readonly string[];
  /** The end of a sentence: "<name> must …". */
  readonly must: string;
}

const must = (what: string): Mismatch => ({ path: [], must: what });

const holds =
  (isSo: (value: unknown) => boolean, what: string): Shape =>
  (value) =>
    isSo(value) ? null : must(what);

/** The maximum of a JavaScript `Date`. */
const lastMs = 8.64e15;

export const text = holds((value) => typeof value === 'string', 'be a string');
export const count = holds((value) => Number.isSafeInteger(value) && (value as number) >= 0, 'be a whole number');
export const time = holds(
  (value) => typeof value === 'number' && value >= 0 && value <= lastMs,
  'be a time, in milliseconds since 1970',
);
export const digits = holds((value) => typeof value === 'string' && /^\d{1,15}$/.test(value), 'be a string of digits');

export const oneOf = (...values: readonly unknown[]): Shape =>
  holds((value) => values.includes(value), `be ${values.map((value) => JSON.stringify(value)).join(' or ')}`);

export const orNull =
  (shape: Shape): Shape =>
  (value) =>
    value === null ? null : shape(value);

export const optional =
  (shape: Shape): Shape =>
  (value) =>
    value === undefined ? null : shape(value);

export const listOf =
  (shape: Shape): Shape =>
  (value) => {
    if (!Array.isArray(value)) return must('be a list');
    for (const [at, item] of value.entries()) {
      const mismatch = shape(item);
      if (mismatch !== null) return within(String(at), mismatch);
    }
    return null;
  };

/** An object with at least these members. */
export function record(members: Readonly<Record<string, Shape>>): Shape {
  const shapes = Object.entries(members);
  return (value) => {
    if (!isJsonObject(value)) return must('be an object');
    for (const [name, shape] of shapes) {
      const mismatch = shape(value[name]);
      if (mismatch !== null) return within(name, mismatch);
    }
    return null;
  };
}

/** Far deeper than the values that a server copies. */
const mostDepth = 200;

/** Any JSON value that is not so deep that a recursive walk would exhaust the stack. */
export const json: Shape = (value) =>
  value === undefined ? must('exist') : isDeeper(value, mostDepth) ? must('be nested less deeply') : null;

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  if (Array.isArray(value)) return value.some((item) => isDeeper(item, depth - 1));
  for (const key in value) if (isDeeper((value as Readonly<Record<string, unknown>>)[key], depth - 1)) return true;
  return false;
}

const within = (name: string, { path, must: what }: Mismatch): Mismatch => ({ path: [name, ...path], must: what });
