import { isScalar, Scalar } from 'yaml';
import { encodeJson } from '../../domain/encode-json.ts';
import { readSettingText } from './read-setting-text.ts';

/** What a plain scalar may not hold, although the parser might read it back. */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}#]|^\s|\s$/u;

/**
 * A single value, or a list of single values, as YAML on one line that is valid in every context.
 * @param old the node that it replaces, whose style of quotes it keeps
 */
export function yamlValueText(value: unknown, old?: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => yamlValueText(item)).join(', ')}]`;
  if (typeof value !== 'string') return String(value);
  const style = isScalar(old) ? old.type : undefined;
  if (style === Scalar.QUOTE_DOUBLE) return doubleQuoted(value);
  if (style === Scalar.QUOTE_SINGLE && !unsafe.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return isPlain(value) ? value : doubleQuoted(value);
}

/** JSON is YAML, except for characters that YAML requires as escapes. */
function doubleQuoted(text: string): string {
  return encodeJson(text).replace(/[\x7f-\x9f\u2028\u2029\ufeff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** More characters are special inside a list than outside: what parses back there parses back everywhere. */
function isPlain(text: string): boolean {
  if (unsafe.test(text)) return false;
  const read = readSettingText(`[${text}]`, 'yaml');
  return Array.isArray(read) && read.length === 1 && read[0] === text;
}
