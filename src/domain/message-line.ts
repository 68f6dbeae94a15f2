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
 */
export function textOfMessage(message: JsonRpcMessage, line: MessageLine | undefined): string {
  if (line === undefined) return encodeJson(message);
  const id = 'id' in message ? message.id : undefined;
  if (id === line.id || id === undefined || line.id === undefined) return line.text;
  return replaceId(line.text, encodeJson(line.id), encodeJson(id));
}

/**
 * Serializers write the id last or first, where it is a member of the message itself and not of something within: what follows it closes the
 * object. Elsewhere it is looked for.
 */
function replaceId(text: string, from: string, to: string): string {
  const tail = `,"id":${from}}`;
  if (text.endsWith(tail)) return `${text.slice(0, -tail.length)},"id":${to}}`;
  const [start, end] = findOwnId(text);
  return text.slice(0, start) + to + text.slice(end);
}

const structure = /["{}[\]]/g;

/** Where the value of the last `id` of a JSON object stands that is not a member of something within. */
function findOwnId(text: string): readonly [number, number] {
  let depth = 0;
  let found: readonly [number, number] = [text.length, text.length];
  for (let at = 0; at < text.length; ) {
    structure.lastIndex = at;
    const next = structure.exec(text);
    if (next === null) break;
    at = next.index + 1;
    if (next[0] === '{' || next[0] === '[') depth += 1;
    else if (next[0] === '}' || next[0] === ']') depth -= 1;
    else {
      const end = endOfString(text, at);
      const value = depth === 1 && text.slice(at, end - 1) === 'id' ? idAfterKey(text, end) : null;
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
