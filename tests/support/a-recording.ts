import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { inject } from 'vitest';
import { tempFolder } from '../doubles/temp-folder.ts';
import type { SceneName } from '../fixtures/write-recording.ts';

/** A file with the recording of a scene; removed after the test. */
export function aRecording(scene: SceneName): string {
  const file = join(tempFolder(), `${scene}.jsonl`);
  execFileSync(process.execPath, [inject('writeRecording'), scene, file]);
  return file;
}
