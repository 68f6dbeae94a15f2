import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { inject } from 'vitest';
import { tempFolder } from '../doubles/temp-folder.ts';
import type { SceneName } from '../fixtures/write-recording.ts';

/** A file that an inspector has saved of a scene; it goes with the test. */
export function aRecording(scene: SceneName): string {
  const file = join(tempFolder(), `${scene}.jsonl`);
  execFileSync(process.execPath, [inject('writeRecording'), scene, file]);
  return file;
}
