import { open, stat } from 'node:fs/promises';
import { createLineSplitter } from '../../domain/line-splitter.ts';
import { createListeners } from '../../domain/listeners.ts';
import { startInterval } from '../../domain/timers.ts';
import { unlessMissing } from '../platform/unless-missing.ts';

/** Follows the log that an agent itself keeps of a session: the second channel, beside its stdout. */
export interface SessionLogWatch {
  /** null: the agent keeps no log, or it was not found yet. */
  readonly file: string | null;
  /** How much of it was read, with what was skipped. */
  readonly sizeBytes: number;
  /** Whether the folder of the log was missing at the last look. */
  readonly isFolderMissing: boolean;
  /** When it last grew, of the monotonic clock; null: it has not been found. */
  readonly lastGrowthAtMs: number | null;
  /** Calls back when it was found, and when it has grown; returns a function that ends it. */
  subscribe(listener: () => void): () => void;
  /** Reads what there is now. Never rejects: what cannot be read has not grown. */
  readNow(): Promise<void>;
  /** Ends the watch. Twice is safe. */
  end(): void;
}

export interface SessionLogWatchOptions {
  /** null: the agent keeps no log. */
  readonly dir: string | null;
  /** The id that the session has named; null: it has not yet. */
  sessionId(): string | null;
  /** Takes each whole line that comes after the start of the watch. */
  onLine(line: string): void;
}

/** The stream reports nearly everything at once; the log is read for what the stream lacks. */
const lookEveryMs = 500;
const maxLineBytes = 8 * 1_024 ** 2;
const partBytes = 256 * 1_024;
/** Of what has come between two looks, the end: a file with a hole can be larger than can ever be read. */
const mostUnreadBytes = 64 * 1_024 ** 2;

/**
 * Only the log with the session's own id is read: other sessions may work in the same folder. What was in it before belongs to an earlier
 * process of the session, and is skipped.
 * @param sizeBefore how large the log was before; 0 for a new session
 */
export function watchSessionLog({ dir, sessionId, onLine }: SessionLogWatchOptions, sizeBefore = 0): SessionLogWatch {
  const { notify, subscribe } = createListeners();
  const splitter = createLineSplitter<Buffer>({
    maxLineBytes,
    join: Buffer.concat,
    onLine: (line) => onLine(line.toString()),
    onTooLong: () => undefined,
  });
  let file: string | null = null;
  let isFolderMissing = false;
  let readBytes = sizeBefore;
  let lastGrowthAtMs: number | null = null;
  let reading = Promise.resolve();

  const readOn = async (path: string, sizeBytes: number) => {
    const handle = await unlessMissing(open(path));
    if (handle === null) return;
    try {
      if (file === null) {
        file = path;
        lastGrowthAtMs = performance.now();
        notify();
      }
      readBytes = Math.max(readBytes, sizeBytes - mostUnreadBytes);
      while (readBytes < sizeBytes) {
        const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(partBytes), 0, partBytes, readBytes);
        if (bytesRead === 0) return;
        readBytes += bytesRead;
        lastGrowthAtMs = performance.now();
        splitter.push(buffer.subarray(0, bytesRead));
        notify();
      }
    } finally {
      await handle.close();
    }
  };
  const look = async () => {
    const id = sessionId();
    if (dir === null || id === null) return;
    isFolderMissing = (await unlessMissing(stat(dir))) === null;
    const path = `${dir}/${id}.jsonl`;
    const stats = await unlessMissing(stat(path));
    if (stats?.isFile() && (file === null || stats.size > readBytes)) await readOn(path, stats.size);
  };
  const readNow = () => {
    // What cannot be read has not grown; the stream goes on alone.
    reading = reading.then(look).catch(() => undefined);
    return reading;
  };
  const timer = dir === null ? null : startInterval(() => void readNow(), lookEveryMs);
  return {
    get file() {
      return file;
    },
    get sizeBytes() {
      return readBytes;
    },
    get isFolderMissing() {
      return isFolderMissing;
    },
    get lastGrowthAtMs() {
      return lastGrowthAtMs;
    },
    subscribe,
    readNow,
    end() {
      if (timer !== null) clearInterval(timer);
    },
  };
}
