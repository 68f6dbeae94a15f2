import type { Json } from '../../src/domain/inspection.ts';
import { formatKey, formatValue } from './format-value.ts';
import { type Member, openValue, type ValueKind } from './open-value.ts';

/** A value as a tree of lines, with its changes. */
export interface ValueNode {
  /** Empty for the root. */
  readonly name: string;
  readonly kind: ValueKind;
  /** The whole of a simple value; the type of a value with members, empty if its kind is enough. */
  readonly text: string;
  /** A text of several lines as it is; null: it is on one line, or no text. */
  readonly lines: string | null;
  /** The value on one line. */
  readonly summary: string;
  /** `within`: only a descendant has changed. */
  readonly change: 'added' | 'removed' | 'changed' | 'within' | null;
  /** The old value of a changed one, on one line. */
  readonly before: string | null;
  /** The present members in order, then the removed ones. */
  readonly children: readonly ValueNode[];
}

/** Compares two values: members by name, list items by index. Equal values give a tree without changes. */
export const diffJson = (before: Json, after: Json): ValueNode => compare('', before, after);

function compare(name: string, before: Json, after: Json): ValueNode {
  if (before === after) return whole(name, after, null);
  const [was, is] = [openValue(before), openValue(after)];
  const changed = { change: 'changed', before: formatValue(before) } as const;
  if (was.kind !== is.kind) return { ...whole(name, after, null), ...changed };
  const children = compareMembers(was.members, is.members);
  const node = { ...line(name, after), children };
  if (children.some(({ change }) => change !== null)) return { ...node, change: 'within' };
  return was.text === is.text ? node : { ...node, ...changed };
}

function compareMembers(before: readonly Member[], after: readonly Member[]): ValueNode[] {
  const left = new Map(before.map(({ key, value }) => [formatKey(key), value]));
  const children = after.map(({ key, value }) => {
    const name = formatKey(key);
    const was = left.get(name);
    left.delete(name);
    return was === undefined ? whole(name, value, 'added') : compare(name, was, value);
  });
  return [...children, ...[...left].map(([name, value]) => whole(name, value, 'removed'))];
}

/** A value with all its members, added, removed or unchanged as a whole. */
const whole = (name: string, value: Json, change: 'added' | 'removed' | null): ValueNode => ({
  ...line(name, value),
  change,
  children: openValue(value).members.map((member) => whole(formatKey(member.key), member.value, change)),
});

function line(name: string, value: Json): ValueNode {
  const { kind, text, lines } = openValue(value);
  return { name, kind, text, lines, summary: formatValue(value), change: null, before: null, children: [] };
}
