import { parseJsonObject } from './json-object.ts';

/** The file `kitchen/<session id>.json` in the state folder: a client's session has opened the kitchen. A hook writes it: only hooks know the id. */
export interface KitchenMarker {
  readonly session_id: string;
  /** ISO 8601. */
  readonly opened_at: string;
  /** null: no recipe. */
  readonly recipe_name: string | null;
  readonly marker_version: 1;
}

const freshForMs = 24 * 60 * 60 * 1_000;

const sessionId = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;

/** null if the id is not safe as a file name. */
export function kitchenMarkerName(id: string | null): string | null {
  return id !== null && sessionId.test(id) ? `${id}.json` : null;
}

export const isKitchenMarkerName = (name: string): boolean => kitchenMarkerName(name.replace(/\.json$/, '')) === name;

/** The marker in a file of that name; null if the text is not one, or is of another session. */
export function parseKitchenMarker(name: string, text: string): KitchenMarker | null {
  const read = parseJsonObject(text) as Partial<KitchenMarker> | null;
  const isMarker =
    read?.marker_version === 1 &&
    typeof read.session_id === 'string' &&
    kitchenMarkerName(read.session_id) === name &&
    typeof read.opened_at === 'string' &&
    (read.recipe_name === null || typeof read.recipe_name === 'string');
  return isMarker ? (read as KitchenMarker) : null;
}

/** Whether the kitchen was opened less than a day ago. A time more than a day ahead is invalid. */
export function isFreshMarker({ opened_at: openedAt }: KitchenMarker, nowMs: number): boolean {
  return Math.abs(nowMs - Date.parse(openedAt)) < freshForMs;
}
