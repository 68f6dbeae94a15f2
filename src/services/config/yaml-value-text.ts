import { isScalar, Scalar } from 'yaml';
import { readSettingText } from './read-setting-text.ts';

/** What a plain text may not hold, though the parser might read it back. */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}#]|^\s|\s$/u;

/**
 * A value as YAML that may stand anywhere, on one line: a single value or a list of such.
 * @param old the node in whose place it comes: a text keeps its kind of quotes
 */
export function yamlValueText(value: unknown, old?: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => yamlValueText(item)).join(', ')}]`;
  if (typeof value !== 'string') return String(value);
  const style = isScalar(old) ? old.type : undefined;
  if (style === Scalar.QUOTE_DOUBLE) return doubleQuoted(value);
  if (style === Scalar.QUOTE_SINGLE && !unsafe.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return isPlain(value) ? value : doubleQuoted(value);
}

/** JSON is YAML, but for characters that YAML wants to see as escapes. */
function doubleQuoted(text: string): string {
  return JSON.stringify(text).replace(/[\x7f-\x9f\u2028\u2029\ufeff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Inside a list more characters have a meaning than outside: what reads back there does so everywhere. */
function isPlain(text: string): boolean {
  if (unsafe.test(text)) return false;
  const read = readSettingText(`[${text}]`, 'yaml');
  return Array.isArray(read) && read.length === 1 && read[0] === text;
}
