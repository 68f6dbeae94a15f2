import type { Json, JsonMembers, SeenText } from '../../src/domain/inspection.ts';
import { isJsonObject } from '../../src/domain/json-object.ts';
import { json } from './shape.ts';

/** The value of a text of JSON; of a truncated one as far as the text goes. undefined: it is not JSON, or nested too deeply. */
export const seenJson = ({ text, isTruncated }: Omit<SeenText, 'sizeBytes'>): Json | undefined =>
  jsonOf(text) ?? (isTruncated ? beginningOf(text) : undefined);

/** undefined: it is not JSON, or nested too deeply. */
export function jsonOf(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return json(value) === null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A string, or its beginning without the part of an escape; what opens, closes or separates. */
const tokens = /"(?:[^"\\]|\\(?:u[\da-f]{4}|[^u]))*("?)|[{}[\],]/gi;

/** Closes what is open at the end of the text: the last string, or else the last whole member. */
function beginningOf(text: string): Json | undefined {
  const closing: string[] = [];
  const closed = (end: number) => `${text.slice(0, end)}${closing.toReversed().join('')}`;
  let lastMember = '';
  let openString: string | null = null;
  for (const { 0: token, 1: quote, index } of text.matchAll(tokens)) {
    if (token === '{') closing.push('}');
    else if (token === '[') closing.push(']');
    else if (token === ',') lastMember = closed(index);
    else if (quote === undefined) closing.pop();
    else if (quote === '') openString = `${text.slice(0, index)}${token}…"${closed(0)}`;
  }
  return jsonOf(openString ?? closed(text.length)) ?? jsonOf(lastMember);
}

/** The first text of a tool's content, or the message of an error; all of another answer. Of a truncated text too, which cannot be parsed. */
export function contentText(answer: SeenText): string {
  const [, text] = /"(?:text|message)":("(?:[^"\\]|\\(?:u[\da-f]{4}|[^u]))*)/i.exec(answer.text) ?? [];
  const content = text === undefined ? undefined : jsonOf(`${text}"`);
  return typeof content === 'string' ? content : answer.text;
}

export const isMembers = (value: Json | undefined): value is JsonMembers => isJsonObject(value);
