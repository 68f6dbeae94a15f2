import type { ProcessProgress } from '../../../domain/child-process.ts';
import { startInterval } from '../../../domain/timers.ts';
import { type DiskSpace, isFull, isLow } from './disk-space.ts';
import type { OutputFile } from './output-file.ts';

export interface WatchedOutput {
  readonly files: readonly Pick<OutputFile, 'sizeBytes' | 'tail' | 'dropMiddle'>[];
  /** Of more, the middle is dropped. */
  readonly keptBytes: number;
  readonly limitBytes: number;
  onProgress?: ((progress: ProcessProgress) => void) | undefined;
  /** The sizes have changed: in the order of the files, 0 at the start. Called also after `onTooMuch` and `onDiskLow`. */
  onSizes?: ((sizesBytes: readonly number[]) => void) | undefined;
  /** A file has exceeded the limit. Only one of this and `onDiskLow` is called, once; after that no progress. */
  onTooMuch(): void;
  /** A program that has written more than `alwaysKeptBytes` to a file writes on while the disk is low. */
  onDiskLow(disk: DiskSpace): void;
  /** Nothing could be written: output may be missing, also if there is room again later. May be called often. */
  onDiskFull(): void;
}

/** Checks the output of running programs ten times a second. One timer serves all. */
export interface OutputWatch {
  /** @returns a function that ends the watch */
  watch(output: WatchedOutput): () => void;
}

/** A program can write 170 MB in this time. */
const checkEveryMs = 100;
const checksPerProgress = 10;
const lastLineBytes = 400;
/** The threads that do it do other work too. */
const mostDropsAtOnce = 2;

/** As much of each file is kept on a disk that is low, so that a small command works there too. */
export const alwaysKeptBytes = 1_024 ** 2;

type Check = (disk: DiskSpace | null) => void;

/** @param readSpace the room on the disk that holds the output; null: unknown */
export function createOutputWatch(readSpace: () => DiskSpace | null): OutputWatch {
  const checks = new Set<Check>();
  let timer: NodeJS.Timeout | null = null;
  let drops = 0;

  const checkAll = () => {
    const disk = readSpace();
    for (const check of [...checks]) {
      try {
        check(disk);
      } catch {
        // The disk fails. That is reported when the output is taken.
        checks.delete(check);
      }
    }
  };

  const drop = (file: WatchedOutput['files'][number], keptBytes: number, check: Check) => {
    const dropped = drops < mostDropsAtOnce ? file.dropMiddle(keptBytes) : null;
    if (dropped === null) return;
    drops += 1;
    const settle = () => {
      drops -= 1;
    };
    dropped.then(settle, () => {
      settle();
      // As above.
      checks.delete(check);
    });
    // The others come first at the next look.
    if (checks.delete(check)) checks.add(check);
  };

  return {
    watch({ files, keptBytes, limitBytes, onProgress, onSizes, onTooMuch, onDiskLow, onDiskFull }) {
      const startedAtMs = performance.now();
      let sizes = files.map(() => 0);
      let checksDone = 0;
      let isReported = false;
      let lastLine: string | null = null;

      const check: Check = (disk) => {
        if (disk !== null && isFull(disk)) onDiskFull();
        const before = sizes;
        sizes = files.map((file) => file.sizeBytes());
        const grown = files.filter((_, index) => sizes[index] !== before[index]);
        if (grown.length > 0) onSizes?.(sizes);
        if (grown[0] !== undefined && onProgress !== undefined) lastLine = lastLineOf(grown[0]) ?? lastLine;
        const isMuch = grown.some((file) => file.sizeBytes() > alwaysKeptBytes);
        const lowDisk = isMuch && disk !== null && isLow(disk) ? disk : null;
        const mayKeep = lowDisk === null ? keptBytes : Math.min(keptBytes, alwaysKeptBytes);
        for (const file of grown) drop(file, mayKeep, check);
        checksDone += 1;
        if (isReported) return;
        const isTooMuch = sizes.some((size) => size > limitBytes);
        isReported = isTooMuch || lowDisk !== null;
        if (isTooMuch) onTooMuch();
        else if (lowDisk !== null) onDiskLow(lowDisk);
        else if (checksDone % checksPerProgress === 0)
          onProgress?.({ elapsedMs: performance.now() - startedAtMs, lastLine });
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

/** The last line at the end of a file that is not blank; null: there is none. */
export function lastLineOf(file: Pick<OutputFile, 'tail'>): string | null {
  const lines = file.tail(lastLineBytes).text.split(/[\r\n]+/);
  return lines.findLast((line) => line.trim() !== '')?.trim() ?? null;
}
