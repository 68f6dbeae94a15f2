import { rmSync } from 'node:fs';
import { errorCodeOf } from '../error-code.ts';
import type { ProcessOutput } from './child-processes.ts';
import { readOutputTail } from './output-tail.ts';

/** Gives the end of what was written back; the file stays only if it holds more than that. */
export function takeOutput(file: string, tailBytes: number): ProcessOutput {
  const tail = readTail(file, tailBytes);
  if (tail.cutBytes > 0) return { ...tail, file };
  discardOutput(file);
  return { ...tail, file: null };
}

/** Twice is safe. */
export function discardOutput(file: string): void {
  rmSync(file, { force: true });
}

/** A file that somebody has removed held nothing that can be told. */
function readTail(file: string, tailBytes: number) {
  try {
    return readOutputTail(file, tailBytes);
  } catch (thrown) {
    if (errorCodeOf(thrown) !== 'ENOENT') throw thrown;
    return { text: '', sizeBytes: 0, cutBytes: 0 };
  }
}
