import type { Json } from '../../src/domain/inspection.ts';

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
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const [key, within] of Object.entries(statesOf(value as JsonObject))) {
    active.add(`${parent}${key}`);
    collect(within, `${parent}${key}.`, active);
  }
}

/** The active states without an active child. */
export function innermostStates(paths: Iterable<string>): readonly string[] {
  const all = [...paths];
  return all.filter((path) => !all.some((other) => other.startsWith(`${path}.`)));
}

type JsonObject = Readonly<Record<string, Json>>;

/** A value that was truncated on the wire has its members under `entries`. */
function statesOf(value: JsonObject): JsonObject {
  const { $type, entries } = value;
  if ($type !== 'Object' || typeof entries !== 'object' || entries === null || Array.isArray(entries)) return value;
  return entries as JsonObject;
}
