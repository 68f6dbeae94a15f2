import { lstatSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { encodeJson } from '../domain/encode-json.ts';
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
/** A write takes milliseconds: an older unfinished file was left by a script that was killed. */
const unfinishedForMs = 60_000;
const unfinishedName = /^\..+\.json\.\d+\.tmp$/;

/**
 * Writes the marker atomically; the last one counts. It is not synced: after a power cut, the session has to open the kitchen again.
 * @returns why it was not written, or null
 */
export function writeKitchenMarker(dir: string, sessionId: string | null, recipeName: string | null): string | null {
  const name = kitchenMarkerName(sessionId);
  if (sessionId === null || name === null) return 'the client gave no session id that can be a file name';
  const marker: KitchenMarker = {
    session_id: sessionId,
    opened_at: new Date().toISOString(),
    recipe_name: recipeName?.slice(0, longestRecipeName) ?? null,
    marker_version: 1,
  };
  const unfinished = `${dir}/.${name}.${process.pid}${Date.now()}.tmp`;
  try {
    makeFolderSync(dir);
    writeFileSync(unfinished, `${encodeJson(marker)}\n`, { flag: 'wx', mode: 0o600 });
    renameSync(unfinished, `${dir}/${name}`);
    return null;
  } catch (problem) {
    removeQuietly(unfinished);
    return `${dir}/${name} cannot be written (${(problem as NodeJS.ErrnoException).code ?? problem})`;
  }
}

/** null if the session has not opened the kitchen within a day. */
export function readKitchenMarker(dir: string, sessionId: string | null): KitchenMarker | null {
  const name = kitchenMarkerName(sessionId);
  return name === null ? null : freshMarkerAt(dir, name);
}

/**
 * Removes files that are named like markers but are not fresh ones. Files with other names and files behind a link are not ours and stay. A
 * file that cannot be removed stays until the next time.
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
