import type { ProcessProgress } from '../../../domain/child-process.ts';
import { startInterval } from '../../../domain/timers.ts';
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

const checkEveryMs = 1_000;
const lastLineBytes = 400;

export function createOutputWatch(): OutputWatch {
  const checks = new Set<() => void>();
  let timer: NodeJS.Timeout | null = null;

  const checkAll = () => {
    for (const check of [...checks]) {
      try {
        check();
      } catch {
        // The disk fails. That is reported when the output is taken.
        checks.delete(check);
      }
    }
  };

  return {
    watch({ files, limitBytes, onProgress, onTooMuch }) {
      const startedAtMs = performance.now();
      let sizes = files.map(() => 0);
      let lastLine: string | null = null;
      const check = () => {
        const before = sizes;
        sizes = files.map((file) => file.sizeBytes());
        if (sizes.some((size) => size > limitBytes)) {
          checks.delete(check);
          onTooMuch();
          return;
        }
        if (onProgress === undefined) return;
        const grown = files.find((_, index) => sizes[index] !== before[index]);
        if (grown !== undefined) lastLine = lastLineOf(grown) ?? lastLine;
        onProgress({ elapsedMs: performance.now() - startedAtMs, lastLine });
      };
      checks.add(check);
      timer ??= startInterval(checkAll, checkEveryMs);
      return () => {
        checks.delete(check);
        if (checks.size > 0 || timer === null) return;
        clearInterval(timer);
        timer = null;
      };
    },
  };
}

function lastLineOf(file: Pick<OutputFile, 'tail'>): string | null {
  const lines = file.tail(lastLineBytes).text.split(/[\r\n]+/);
  return lines.findLast((line) => line.trim() !== '')?.trim() ?? null;
}
