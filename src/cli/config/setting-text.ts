import { encodeJson } from '../../domain/encode-json.ts';
import { printable } from '../../domain/printable-text.ts';

/** Shown for every secret that is set. */
export const secretMask = '********';

/** A value as `config set` accepts it. */
export function settingText(value: unknown): string {
  if (typeof value === 'string') return value === '' ? '""' : printable(value);
  return Array.isArray(value) ? `[${value.map(itemText).join(', ')}]` : String(value);
}

const itemText = (item: unknown): string => {
  const text = String(item);
  return /^[\w./~][\w./~@+-]*$/.test(text) ? text : printable(encodeJson(text));
};
