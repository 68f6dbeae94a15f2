import type { ProcessProgress } from '../../../domain/child-process.ts';
import type { OutputFile } from './output-file.ts';

export interface WatchedOutput {
  readonly files: readonly Pick<OutputFile, 'sizeBytes' | 'tail'>[];
  readonly limitBytes: number;
  onProgress?: ((progress: ProcessProgress) => void) | undefined;
  /** Called once. */
  onTooMuch(): void;
}

/** Checks the output of running programs once a second: its size and its last line. One timer serves all. */
export interface OutputWatch {
  /** @returns a function that ends the watch */
  watch(output: WatchedOutput): () => void;
}

interface Watched extends WatchedOutput {
  readonly startedAtMs: number;
  sizes: readonly number[];
  lastLine: string | null;
}

const checkEveryMs = 1_000;
const lastLineBytes = 400;

export function createOutputWatch(): OutputWatch {
  const allWatched = new Set<Watched>();
  let timer: NodeJS.Timeout | null = null;

  const check = (watched: Watched) => {
    const { files, limitBytes, onProgress, startedAtMs } = watched;
    const sizes = files.map((file) => file.sizeBytes());
    if (sizes.some((size) => size > limitBytes)) {
      allWatched.delete(watched);
      watched.onTooMuch();
      return;
    }
    if (onProgress === undefined) return;
    const grown = files.find((_, index) => sizes[index] !== watched.sizes[index]);
    watched.sizes = sizes;
    if (grown !== undefined) watched.lastLine = lastLineOf(grown) ?? watched.lastLine;
    onProgress({ elapsedMs: performance.now() - startedAtMs, lastLine: watched.lastLine });
  };
  const checkAll = () => {
    for (const watched of [...allWatched]) {
      try {
        check(watched);
      } catch {
        // The disk fails. That is reported when the output is taken.
        allWatched.delete(watched);
      }
    }
  };

  return {
    watch(output) {
      const watched: Watched = {
        ...output,
        startedAtMs: performance.now(),
        sizes: output.files.map(() => 0),
        lastLine: null,
      };
      allWatched.add(watched);
      timer ??= setInterval(checkAll, checkEveryMs).unref();
      return () => {
        allWatched.delete(watched);
        if (allWatched.size > 0 || timer === null) return;
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
