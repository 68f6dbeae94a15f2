import type { Json } from '../../src/domain/inspection.ts';
import { type Member, openValue, type ValueKind } from './open-value.ts';
import { showKey, showValue } from './show-value.ts';

/** A value as a tree of lines, with what has changed in it. */
export interface ValueNode {
  /** Empty for the value itself. */
  readonly name: string;
  readonly kind: ValueKind;
  /** All of a simple value; of one with members what it is, empty where its kind says enough. */
  readonly text: string;
  /** The whole of it on one line. */
  readonly summary: string;
  /** `within`: something below it. */
  readonly change: 'added' | 'removed' | 'changed' | 'within' | null;
  /** What a changed value was, on one line. */
  readonly before: string | null;
  /** What it has, in order, and after that what was removed. */
  readonly children: readonly ValueNode[];
}

/** Compares two values; what is in them is compared by name, in lists by number. The same twice is a tree without changes. */
export const diffJson = (before: Json, after: Json): ValueNode => compare('', before, after);

function compare(name: string, before: Json, after: Json): ValueNode {
  if (before === after) return whole(name, after, null);
  const [was, is] = [openValue(before), openValue(after)];
  const changed = { change: 'changed', before: showValue(before) } as const;
  if (was.kind !== is.kind) return { ...whole(name, after, null), ...changed };
  const children = compareMembers(was.members, is.members);
  const node = { ...line(name, after), children };
  if (children.some(({ change }) => change !== null)) return { ...node, change: 'within' };
  return was.text === is.text ? node : { ...node, ...changed };
}

function compareMembers(before: readonly Member[], after: readonly Member[]): ValueNode[] {
  const left = new Map(before.map(({ key, value }) => [showKey(key), value]));
  const children = after.map(({ key, value }) => {
    const name = showKey(key);
    const was = left.get(name);
    left.delete(name);
    return was === undefined ? whole(name, value, 'added') : compare(name, was, value);
  });
  return [...children, ...[...left].map(([name, value]) => whole(name, value, 'removed'))];
}

/** A value with all that is in it, which has come, gone or stayed as a whole. */
const whole = (name: string, value: Json, change: 'added' | 'removed' | null): ValueNode => ({
  ...line(name, value),
  change,
  children: openValue(value).members.map((member) => whole(showKey(member.key), member.value, change)),
});

function line(name: string, value: Json): ValueNode {
  const { kind, text } = openValue(value);
  return { name, kind, text, summary: showValue(value), change: null, before: null, children: [] };
}
