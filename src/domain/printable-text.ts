import { jsonEscape } from './encode-json.ts';

// Control characters (C0 and C1), line separators, and marks that reorder text on a terminal.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are replaced here
const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

const shortForms: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Foreign text as one line that cannot control a terminal: control characters are escaped as in JSON. */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => shortForms[character] ?? jsonEscape(character));
}
