import { isJsonObject } from '../../src/domain/json-object.ts';

/** Looks at a value; what is wrong with it, as the end of a sentence that begins with its name, or null. */
export type Shape = (value: unknown) => Fault | null;

export interface Fault {
  /** Where, from the value down; empty: the value itself. */
  readonly path: readonly string[];
  readonly must: string;
}

const must = (what: string): Fault => ({ path: [], must: what });

const holds =
  (isSo: (value: unknown) => boolean, what: string): Shape =>
  (value) =>
    isSo(value) ? null : must(what);

/** The last millisecond that a clock can show. */
const lastMs = 8.64e15;

export const text = holds((value) => typeof value === 'string', 'be a text');
export const count = holds((value) => Number.isSafeInteger(value) && (value as number) >= 0, 'be a whole number');
export const time = holds(
  (value) => typeof value === 'number' && value >= 0 && value <= lastMs,
  'be a time, in milliseconds since 1970',
);
export const digits = holds((value) => typeof value === 'string' && /^\d{1,15}$/.test(value), 'be digits, as a text');

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
      const fault = shape(item);
      if (fault !== null) return within(String(at), fault);
    }
    return null;
  };

/** An object with these members, and others. */
export function record(members: Readonly<Record<string, Shape>>): Shape {
  const shapes = Object.entries(members);
  return (value) => {
    if (!isJsonObject(value)) return must('be an object');
    for (const [name, shape] of shapes) {
      const fault = shape(value[name]);
      if (fault !== null) return within(name, fault);
    }
    return null;
  };
}

/** Far deeper than what a server copies. */
const mostDepth = 200;

/** Whatever JSON can say, so far as it is not so deep that going through it would exhaust the stack. */
export const json: Shape = (value) =>
  value === undefined ? must('be there') : isDeeper(value, mostDepth) ? must('be less deep') : null;

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  if (Array.isArray(value)) return value.some((item) => isDeeper(item, depth - 1));
  for (const key in value) if (isDeeper((value as Readonly<Record<string, unknown>>)[key], depth - 1)) return true;
  return false;
}

const within = (name: string, { path, must: what }: Fault): Fault => ({ path: [name, ...path], must: what });
