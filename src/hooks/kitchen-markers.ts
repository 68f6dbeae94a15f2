import { lstatSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import {
  isFreshMarker,
  isKitchenMarkerName,
  type KitchenMarker,
  kitchenMarkerName,
  parseKitchenMarker,
} from '../domain/kitchen-marker.ts';
import { makeFolderSync } from '../services/platform/make-folder.ts';
import { readSmallFile } from '../services/platform/read-regular-file.ts';
import { removeQuietly } from '../services/platform/remove-quietly.ts';

const maxMarkerBytes = 16 * 1_024;
const longestRecipeName = 200;
/** A write takes milliseconds: what is unfinished after this was left by a script that was killed. */
const unfinishedForMs = 60_000;
const unfinishedName = /^\..+\.json\.\d+\.tmp$/;

/**
 * Puts the marker in place as a whole; the last one counts. It is not synced: what a power cut takes is asked for again.
 * @returns why it was not written, or null
 */
export function writeKitchenMarker(dir: string, sessionId: string | null, recipeName: string | null): string | null {
  const name = kitchenMarkerName(sessionId);
  if (sessionId === null || name === null) return 'the client told no session id that can be the name of a file';
  const marker: KitchenMarker = {
    session_id: sessionId,
    opened_at: new Date().toISOString(),
    recipe_name: recipeName?.slice(0, longestRecipeName) ?? null,
    marker_version: 1,
  };
  const unfinished = `${dir}/.${name}.${process.pid}.tmp`;
  try {
    makeFolderSync(dir);
    rmSync(unfinished, { force: true });
    writeFileSync(unfinished, `${JSON.stringify(marker)}\n`, { flag: 'wx', mode: 0o600 });
    renameSync(unfinished, `${dir}/${name}`);
    return null;
  } catch (problem) {
    removeQuietly(unfinished);
    return `${dir}/${name} cannot be written (${(problem as NodeJS.ErrnoException).code ?? problem})`;
  }
}

/** null where the session has opened no kitchen for a day. */
export function readKitchenMarker(dir: string, sessionId: string | null): KitchenMarker | null {
  const name = kitchenMarkerName(sessionId);
  return name === null ? null : freshMarkerAt(dir, name);
}

/**
 * Removes what has the name of a marker and is no fresh one. What has another name is not ours, nor is what lies behind a link. What cannot be removed
 * stays until the next time.
 */
export function removeStaleKitchenMarkers(dir: string): void {
  for (const name of namesIn(dir)) {
    if (!mayStay(dir, name)) removeQuietly(`${dir}/${name}`);
  }
}

function mayStay(dir: string, name: string): boolean {
  if (isKitchenMarkerName(name)) return freshMarkerAt(dir, name) !== null;
  if (!unfinishedName.test(name)) return true;
  const stats = lstatSync(`${dir}/${name}`, { throwIfNoEntry: false });
  return stats !== undefined && Date.now() - stats.mtimeMs < unfinishedForMs;
}

function freshMarkerAt(dir: string, name: string): KitchenMarker | null {
  const text = readSmallFile(`${dir}/${name}`, maxMarkerBytes, 'refused');
  const marker = text === null ? null : parseKitchenMarker(name, text);
  return marker !== null && isFreshMarker(marker, Date.now()) ? marker : null;
}

function namesIn(dir: string): string[] {
  try {
    return lstatSync(dir).isDirectory() ? readdirSync(dir) : [];
  } catch {
    return [];
  }
}
