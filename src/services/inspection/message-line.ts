import type { InspectionMessage } from '../../domain/inspection.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: the first and the last character of ASCII
const beyondAscii = /[^\u0000-\u007f]/;
const eachBeyondAscii = /[\u007f-\uffff]/g;

const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A message as a line without its newline. It is ASCII, so that a character is a byte, in memory and on the wire. */
export function messageLine(message: InspectionMessage): string {
  const line = JSON.stringify(message);
  return beyondAscii.test(line) ? line.replace(eachBeyondAscii, escaped) : line;
}
