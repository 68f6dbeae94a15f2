import { encodeJson } from './encode-json.ts';
import type { JsonRpcMessage, RequestId } from './json-rpc.ts';

/** The line that a message came as. */
export interface MessageLine {
  readonly text: string;
  /** The id in it; undefined: it has none. */
  readonly id: RequestId | undefined;
}

/**
 * The text of a message to be passed on: the line that it came as, byte by byte, but for the id if that is another one now.
 * @param line undefined: the message has no line, or more than its id has changed
 * @throws RangeError where it has to be written anew and is nested too deeply for that
 */
export function textOfMessage(message: JsonRpcMessage, line: MessageLine | undefined): string {
  if (line === undefined) return encodeJson(message);
  const id = 'id' in message ? message.id : undefined;
  if (id === line.id || id === undefined || line.id === undefined) return line.text;
  return replaceId(line.text, textOfId(line.id), textOfId(id)) ?? encodeJson(message);
}

const textOfId = (id: RequestId): string => (typeof id === 'number' ? String(id) : encodeJson(id));

const beforeId = '{"jsonrpc":"2.0","id":';

/**
 * Serializers write the id last or first, where it is a member of the message itself and not of something within: what follows it closes the
 * object, or what precedes it opens it. Elsewhere, and where there may be a second one, it is looked for. @returns null where it is not found
 */
function replaceId(text: string, from: string, to: string): string | null {
  const tail = `,"id":${from}}`;
  if (text.endsWith(tail)) return `${text.slice(0, -tail.length)},"id":${to}}`;
  const isFirst = text.startsWith(beforeId) && text.startsWith(`${from},`, beforeId.length);
  if (isFirst && text.lastIndexOf('"id"') < beforeId.length)
    return `${beforeId}${to}${text.slice(beforeId.length + from.length)}`;
  const place = findOwnId(text);
  return place === null ? null : text.slice(0, place[0]) + to + text.slice(place[1]);
}

const structure = /["{}[\]]/g;
/** A serializer may escape any character. */
const idKey = /^(?:i|\\u0069)(?:d|\\u0064)$/;

/** Where the value of the last `id` of a JSON object stands that is not a member of something within. */
function findOwnId(text: string): readonly [number, number] | null {
  let depth = 0;
  let found: readonly [number, number] | null = null;
  for (let at = 0; at < text.length; ) {
    structure.lastIndex = at;
    const next = structure.exec(text);
    if (next === null) break;
    at = next.index + 1;
    if (next[0] === '{' || next[0] === '[') depth += 1;
    else if (next[0] === '}' || next[0] === ']') depth -= 1;
    else {
      const end = endOfString(text, at);
      const value = depth === 1 && idKey.test(text.slice(at, end - 1)) ? idAfterKey(text, end) : null;
      if (value !== null) found = value;
      at = value?.[1] ?? end;
    }
  }
  return found;
}

const idValue = /\s*:\s*("(?:[^"\\]|\\.)*"|-?[\d.eE+-]+)/y;

function idAfterKey(text: string, at: number): readonly [number, number] | null {
  idValue.lastIndex = at;
  const value = idValue.exec(text)?.[1];
  return value === undefined ? null : [idValue.lastIndex - value.length, idValue.lastIndex];
}

/** @param at behind the opening quote @returns the place behind the closing one */
function endOfString(text: string, at: number): number {
  for (let quote = text.indexOf('"', at); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return text.length;
}
