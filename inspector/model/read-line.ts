import type { InspectionMessage } from '../../src/domain/inspection.ts';
import { isJsonObject } from '../../src/domain/json-object.ts';
import { messageShapes } from './message-shapes.ts';
import type { Fault, Shape } from './shape.ts';

/** What a line says, or what is wrong with it, in words. */
export type Reading<Meaning> = { readonly said: Meaning } | { readonly problem: string };

/** @returns what stands on a line of JSON; where that is none, the problem names the column where the engine tells it */
export function readJson(line: string): Reading<unknown> {
  try {
    return { said: JSON.parse(line) };
  } catch (problem) {
    return { problem: `${columnOf(problem, line) ?? 'it'} is no JSON` };
  }
}

/** Engines tell it in three ways, or not at all. */
function columnOf(problem: unknown, line: string): string | null {
  const message = problem instanceof Error ? problem.message : '';
  const position = / at position (\d+)(?: \(|$)/.exec(message)?.[1];
  if (position !== undefined) return `column ${Number(position) + 1}`;
  const column = / column (\d+) of the JSON data$/.exec(message)?.[1];
  if (column !== undefined) return `column ${column}`;
  return message.startsWith('Unexpected end') ? `column ${line.length + 1}` : null;
}

/** A message of a server; null: it is of a kind that is not known here, as a newer server may have. */
export function readMessage(value: unknown): Reading<InspectionMessage | null> {
  if (!isJsonObject(value) || typeof value.type !== 'string') return { problem: 'it is no message: it has no "type"' };
  const { type } = value;
  if (!isKnown(type)) return { said: null };
  return readShape<InspectionMessage>(value, messageShapes[type], type);
}

const isKnown = (type: string): type is InspectionMessage['type'] => Object.hasOwn(messageShapes, type);

/** @param name of the thing, for the problem */
export function readShape<Meaning>(value: unknown, shape: Shape, name: string): Reading<Meaning> {
  const fault = shape(value);
  return fault === null ? { said: value as Meaning } : { problem: sayFault(fault, name) };
}

const sayFault = ({ path, must }: Fault, name: string): string =>
  path.length === 0 ? `${name} must ${must}` : `${name}: "${path.join('.')}" must ${must}`;
