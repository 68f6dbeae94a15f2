import { encodeJson } from './encode-json.ts';
import { isJsonObject } from './json-object.ts';

/** JSON text that is the same for equal values, whatever the order of the members of their objects. @param value a JSON value */
export const canonicalJson = (value: unknown): string => encodeJson(inOrder(value));

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isJsonObject(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, inOrder(value[name])]));
}
