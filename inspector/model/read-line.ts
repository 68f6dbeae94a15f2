import type { InspectionMessage } from '../../src/domain/inspection.ts';
import { isJsonObject } from '../../src/domain/json-object.ts';
import { messageShapes } from './message-shapes.ts';
import type { Mismatch, Shape } from './shape.ts';

/** The content of a line, or why it cannot be read. */
export type ReadResult<Value> = { readonly value: Value } | { readonly problem: string };

/** Parses a line of JSON. The problem names the column if the engine's error does. */
export function readJson(line: string): ReadResult<unknown> {
  try {
    return { value: JSON.parse(line) };
  } catch (problem) {
    return { problem: `${columnOf(problem, line) ?? 'it'} is not JSON` };
  }
}

/** Engines give the place of a syntax error in three ways, or not at all. */
function columnOf(problem: unknown, line: string): string | null {
  const message = problem instanceof Error ? problem.message : '';
  const position = / at position (\d+)(?: \(|$)/.exec(message)?.[1];
  if (position !== undefined) return `column ${Number(position) + 1}`;
  const column = / column (\d+) of the JSON data$/.exec(message)?.[1];
  if (column !== undefined) return `column ${column}`;
  return message.startsWith('Unexpected end') ? `column ${line.length + 1}` : null;
}

/** A message of a server; null: its type is not known here, which happens with a newer server. */
export function readInspectionMessage(value: unknown): ReadResult<InspectionMessage | null> {
  if (!isJsonObject(value) || typeof value.type !== 'string')
    return { problem: 'it is not a message: it has no "type"' };
  const { type } = value;
  if (!isKnown(type)) return { value: null };
  return readShape<InspectionMessage>(value, messageShapes[type], type);
}

const isKnown = (type: string): type is keyof typeof messageShapes => Object.hasOwn(messageShapes, type);

/** @param name of the value, for the problem */
export function readShape<Value>(value: unknown, shape: Shape, name: string): ReadResult<Value> {
  const mismatch = shape(value);
  return mismatch === null ? { value: value as Value } : { problem: describeMismatch(mismatch, name) };
}

const describeMismatch = ({ path, must }: Mismatch, name: string): string =>
  path.length === 0 ? `${name} must ${must}` : `${name}: "${path.join('.')}" must ${must}`;
