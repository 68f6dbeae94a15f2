import { noTokens, type TokenUsage } from '../../src/domain/agent-session/agent-event.ts';
import type { Json, JsonMembers } from '../../src/domain/inspection.ts';
import { isMembers } from './seen-json.ts';

/** The beginning of a text, or all of it. */
export interface SeenPart {
  readonly text: string;
  /** Of the whole text, in characters. */
  readonly length: number;
}

/** The members of an object, also of one that is truncated; none of another value. */
export function membersOf(value: Json | undefined): JsonMembers {
  if (!isMembers(value)) return {};
  return value.$type === 'Object' && isMembers(value.entries) ? value.entries : value;
}

/** A text, also one that is truncated; another value is an empty one. */
export function textIn(value: Json | undefined): SeenPart {
  if (typeof value === 'string') return { text: value, length: value.length };
  const { $type, value: text, length } = membersOf(value);
  if ($type !== 'Text' || typeof text !== 'string') return { text: '', length: 0 };
  return { text, length: typeof length === 'number' ? length : text.length };
}

export const wordIn = (value: Json | undefined): string => textIn(value).text;

export const numberIn = (value: Json | undefined): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

/** The items of a list, also of one that is truncated, with the number of all. */
export function itemsIn(value: Json | undefined): { readonly items: readonly Json[]; readonly length: number } | null {
  if (Array.isArray(value)) return { items: value as readonly Json[], length: value.length };
  const { $type, values, length } = membersOf(value);
  if ($type !== 'Array' || !Array.isArray(values)) return null;
  return { items: values as readonly Json[], length: numberIn(length) ?? values.length };
}

/** null: no tokens were reported. */
export function usageIn(value: Json | undefined): TokenUsage | null {
  const members = membersOf(value);
  const names = Object.keys(noTokens) as (keyof TokenUsage)[];
  if (!names.some((name) => numberIn(members[name]) !== null)) return null;
  return Object.fromEntries(names.map((name) => [name, numberIn(members[name]) ?? 0])) as unknown as TokenUsage;
}
