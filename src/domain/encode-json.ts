/** A character of UTF-16 as JSON escapes it: `\u00e9`. */
export const jsonEscape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** What `JSON.stringify` writes and some parsers refuse; an escaped backslash, so that the character after it is not read as an escape. */
const risky = /\\\\|\\ud[89a-f]..|[\u2028\u2029]/g;

/**
 * Makes a text that `JSON.stringify` has written readable for every parser: a lone surrogate becomes U+FFFD, and the characters U+2028 and
 * U+2029, which end a line of JavaScript, are escaped.
 */
function strictJson(json: string): string {
  if (!/\\ud|[\u2028\u2029]/.test(json)) return json;
  return json.replace(risky, (found) => {
    if (found === '\\\\') return found;
    return found.length === 1 ? jsonEscape(found) : '\ufffd';
  });
}

/** The one way in which maitred writes JSON. @param value a JSON value */
export const encodeJson = (value: unknown, indent?: number): string =>
  strictJson(JSON.stringify(value, undefined, indent));

/** JSON text in ASCII, so that a character is a byte, in memory and on the wire. @param value a JSON value */
export const asciiJson = (value: unknown): string => encodeJson(value).replace(/[\u007f-\uffff]/g, jsonEscape);
