import type { ProcessProgress } from '../../../domain/child-process.ts';
import type { OutputFile } from './output-file.ts';

export interface WatchedOutput {
  readonly files: readonly Pick<OutputFile, 'sizeBytes' | 'tail'>[];
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
    const { files, limitBytes, onProgress, startedAtMs } = entry;
    const sizes = files.map((file) => file.sizeBytes());
    if (sizes.some((size) => size > limitBytes)) {
      entries.delete(entry);
      entry.onTooMuch();
      return;
    }
    if (onProgress === undefined) return;
    const grown = files.find((_, index) => sizes[index] !== entry.sizes[index]);
    entry.sizes = sizes;
    if (grown !== undefined) entry.lastLine = lastLineOf(grown) ?? entry.lastLine;
    onProgress({ elapsedMs: performance.now() - startedAtMs, lastLine: entry.lastLine });
  };
  const lookAtAll = () => {
    for (const entry of [...entries]) {
      try {
        look(entry);
      } catch {
        // A disk that fails: that is told when the output is taken.
        entries.delete(entry);
      }
    }
  };

  return {
    watch(output) {
      const entry: Entry = {
        ...output,
        startedAtMs: performance.now(),
        sizes: output.files.map(() => 0),
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

function lastLineOf(file: Pick<OutputFile, 'tail'>): string | null {
  const lines = file
    .tail(lastLineBytes)
    .text.split(/[\r\n]+/)
    .filter((line) => line.trim() !== '');
  return lines.at(-1)?.trim() ?? null;
}
