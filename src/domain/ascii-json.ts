/** A character of UTF-16 as JSON escapes it: `\u00e9`. */
export const jsonEscape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** JSON text in ASCII, so that a character is a byte, in memory and on the wire. @param value a JSON value */
export const asciiJson = (value: unknown): string => JSON.stringify(value).replace(/[\u007f-\uffff]/g, jsonEscape);
