import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inject } from 'vitest';
import type { SceneName } from '../fixtures/write-recording.ts';

/** A file with the recording of a scene, for all tests of a run; no test changes it. It is removed with the built programs. */
export function aRecording(scene: SceneName): string {
  const writeRecording = inject('writeRecording');
  const dir = join(dirname(writeRecording), 'recordings');
  const file = join(dir, `${scene}.jsonl`);
  if (existsSync(file)) return file;
  mkdirSync(dir, { recursive: true });
  // Another worker may write it at the same time.
  const ownFile = `${file}.${process.pid}`;
  execFileSync(process.execPath, [writeRecording, scene, ownFile], { timeout: 20_000 });
  renameSync(ownFile, file);
  return file;
}
