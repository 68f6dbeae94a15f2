import { mkdirSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** A moment without fractions, as file systems keep it. */
export const nowMs = Math.floor(Date.now() / 1_000) * 1_000;

/** Puts a file there that was last written so long ago, with the folder that it needs. */
export function plantFile(path: string, ageMs: number, sizeBytes = 10): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '');
  truncateSync(path, sizeBytes);
  setAge(path, ageMs);
  return path;
}

export function setAge(path: string, ageMs: number): void {
  const modifiedAt = new Date(nowMs - ageMs);
  utimesSync(path, modifiedAt, modifiedAt);
}
