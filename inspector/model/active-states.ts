import type { Json } from '../../src/domain/inspection.ts';

const none: ReadonlySet<string> = new Set();

/** The active states that a machine's value names, parents too: words from the chart down, with dots between. */
export function activeStates(value: Json | null): ReadonlySet<string> {
  if (value === null) return none;
  const active = new Set<string>();
  collect(value, '', active);
  return active;
}

function collect(value: Json, parent: string, active: Set<string>): void {
  if (typeof value === 'string') active.add(`${parent}${value}`);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const [word, within] of Object.entries(statesOf(value as JsonObject))) {
    active.add(`${parent}${word}`);
    collect(within, `${parent}${word}.`, active);
  }
}

/** Of active states those in which no other is active. */
export function innermostStates(paths: Iterable<string>): readonly string[] {
  const all = [...paths];
  return all.filter((path) => !all.some((other) => other.startsWith(`${path}.`)));
}

type JsonObject = Readonly<Record<string, Json>>;

/** What was too much to be copied as it is has its entries within. */
function statesOf(value: JsonObject): JsonObject {
  const { $type, entries } = value;
  if ($type !== 'Object' || typeof entries !== 'object' || entries === null || Array.isArray(entries)) return value;
  return entries as JsonObject;
}
