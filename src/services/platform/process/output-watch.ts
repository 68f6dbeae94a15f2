import { statSync } from 'node:fs';
import type { ProcessProgress } from '../../../domain/child-process.ts';
import { readOutputTail } from './output-tail.ts';

export interface WatchedOutput {
  readonly files: readonly string[];
  readonly limitBytes: number;
  onProgress?: ((progress: ProcessProgress) => void) | undefined;
  /** Called once. */
  onTooMuch(): void;
}

/** Looks at the output of programs that run: how much it is, and what was said last. One timer serves all. */
export interface OutputWatch {
  /** @returns ends the watch */
  watch(output: WatchedOutput): () => void;
}

interface Entry extends WatchedOutput {
  readonly startedAtMs: number;
  sizes: readonly number[];
  lastLine: string | null;
}

const lookEveryMs = 1_000;
const lastLineBytes = 400;

export function createOutputWatch(): OutputWatch {
  const entries = new Set<Entry>();
  let timer: NodeJS.Timeout | null = null;

  const look = (entry: Entry) => {
    const sizes = entry.files.map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0);
    if (sizes.some((size) => size > entry.limitBytes)) {
      entries.delete(entry);
      entry.onTooMuch();
      return;
    }
    if (entry.onProgress === undefined) return;
    const grown = sizes.findIndex((size, index) => size !== entry.sizes[index]);
    const file = entry.files[grown];
    entry.sizes = sizes;
    if (file !== undefined) entry.lastLine = lastLineOf(file) ?? entry.lastLine;
    entry.onProgress({ elapsedMs: performance.now() - entry.startedAtMs, lastLine: entry.lastLine });
  };
  const lookAtAll = () => {
    for (const entry of [...entries]) look(entry);
  };

  return {
    watch(output) {
      const { files, limitBytes, onProgress, onTooMuch } = output;
      const startedAtMs = performance.now();
      const entry: Entry = {
        files,
        limitBytes,
        onProgress,
        onTooMuch,
        startedAtMs,
        sizes: files.map(() => 0),
        lastLine: null,
      };
      entries.add(entry);
      timer ??= setInterval(lookAtAll, lookEveryMs).unref();
      return () => {
        entries.delete(entry);
        if (entries.size > 0 || timer === null) return;
        clearInterval(timer);
        timer = null;
      };
    },
  };
}

function lastLineOf(file: string): string | null {
  const { text } = readOutputTail(file, lastLineBytes);
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  return lines.at(-1)?.trim() ?? null;
}
