import type { Json, JsonMembers } from '../../src/domain/inspection.ts';
import { isJsonObject } from '../../src/domain/json-object.ts';

const none: ReadonlySet<string> = new Set();

/** The paths, with dots, of the active states in a machine's value, including parents. */
export function activeStates(value: Json | null): ReadonlySet<string> {
  if (value === null) return none;
  const active = new Set<string>();
  collect(value, '', active);
  return active;
}

function collect(value: Json, parent: string, active: Set<string>): void {
  if (typeof value === 'string') active.add(`${parent}${value}`);
  if (!isJsonObject(value)) return;
  for (const [key, within] of Object.entries(statesOf(value as JsonMembers))) {
    active.add(`${parent}${key}`);
    collect(within, `${parent}${key}.`, active);
  }
}

/** The active states without an active child. */
export function innermostStates(paths: Iterable<string>): readonly string[] {
  const all = [...paths];
  return all.filter((path) => !all.some((other) => other.startsWith(`${path}.`)));
}

/** A value that was truncated on the wire has its members under `entries`. */
function statesOf(value: JsonMembers): JsonMembers {
  const { $type, entries } = value;
  return $type === 'Object' && isJsonObject(entries) ? (entries as JsonMembers) : value;
}
