// biome-ignore lint/suspicious/noControlCharactersInRegex: the first and the last character of ASCII
const beyondAscii = /[^\u0000-\u007f]/;
const eachBeyondAscii = /[\u007f-\uffff]/g;

const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** JSON text in ASCII, so that a character is a byte, in memory and on the wire. @param value a JSON value */
export function asciiJson(value: unknown): string {
  const text = JSON.stringify(value);
  return beyondAscii.test(text) ? text.replace(eachBeyondAscii, escaped) : text;
}
