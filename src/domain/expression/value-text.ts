import { encodeJson } from '../encode-json.ts';
import { isNestedDeeper, mostLevels } from '../nesting.ts';
import { decimalText } from './decimal.ts';

/**
 * The text of a JSON value: nothing for a missing value and null, JSON for a list or map. One that is nested too deeply for JSON is `[…]` or
 * `{…}`, which equals nothing that it could be compared with.
 */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return decimalText(value);
  if (typeof value !== 'object') return String(value);
  if (!isNestedDeeper(value, mostLevels)) return encodeJson(value);
  return Array.isArray(value) ? '[…]' : '{…}';
}

const falseTexts = ['', 'false', '0', 'no', 'off', 'null', 'none'];

/** The one rule for what counts as true, in conditions, inputs that skip steps, and gates. */
export function isTruthy(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return !falseTexts.includes(textOf(value).trim().toLowerCase());
}
