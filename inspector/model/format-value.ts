import type { Json } from '../../src/domain/inspection.ts';
import { openValue } from './open-value.ts';

const longestShown = 80;

/** A value on one line, truncated if it is longer than `longest`. */
export function formatValue(value: Json, longest: number = longestShown): string {
  const shown = show(value, longest);
  return shown.length > longest ? `${shown.slice(0, longest - 1)}…` : shown;
}

function show(value: Json, room: number): string {
  const { text, members, brackets } = openValue(value);
  if (brackets === null || members.length === 0) return text;
  const shown: string[] = [];
  let left = room;
  for (const { key, value: within, isNamed } of members) {
    if (left <= 0) break;
    const member = isNamed ? `${formatKey(key)}: ${show(within, left)}` : show(within, left);
    shown.push(member);
    left -= member.length + 2;
  }
  const inner = `${brackets[0]}${shown.join(', ')}${shown.length < members.length ? ', …' : ''}${brackets[1]}`;
  return text === '' ? inner : `${text} ${inner}`;
}

/** The name of a member. */
export const formatKey = (key: Json): string => (typeof key === 'string' ? key : formatValue(key));
