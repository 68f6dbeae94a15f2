import type { Writable } from 'node:stream';
import { startTimer } from '../domain/timers.ts';
import { createTurnWriter } from '../domain/turn-writer.ts';

/** More than this unread by the client … */
const stalledBytes = 16 * 1024 * 1024;
/** … for this long means that it is gone. */
const stalledForMs = 10_000;

/** The only writer to the client. */
export interface Output {
  /** Writes one line; never waits. Lines that one event of the loop leads to leave together. */
  write(line: string): void;
  /** Settles when the client has read so much that it has room for more; null: it has. */
  whenWritable(): Promise<void> | null;
  /** Settles when all that was written has been handed to the system, or can no longer be. */
  flush(): Promise<void>;
}

/**
 * @param write the stream's own write, taken before the stream was guarded
 * @param onClosed called once when the output is closed or stalled
 */
export function createOutput(
  stream: Writable,
  write: Writable['write'],
  onClosed: () => void,
  stalled = { bytes: stalledBytes, forMs: stalledForMs },
): Output {
  let isClosed = false;
  let stalledTimer: NodeJS.Timeout | undefined;
  const close = () => {
    if (isClosed) return;
    isClosed = true;
    onClosed();
  };
  stream.on('error', close);
  stream.on('close', close);
  const watchStall = () => {
    if (stalledTimer !== undefined) return;
    const endWatch = () => {
      clearTimeout(stalledTimer);
      stalledTimer = undefined;
      stream.off('drain', endWatch);
    };
    stream.on('drain', endWatch);
    stalledTimer = startTimer(() => {
      endWatch();
      if (stream.writableLength > stalled.bytes) close();
    }, stalled.forMs);
  };
  const lines = createTurnWriter((text) => {
    if (isClosed) return;
    if (!write(text) && stream.writableLength > stalled.bytes) watchStall();
  });
  return {
    write: lines.write,
    whenWritable() {
      if (isClosed || stream.writableLength <= stalled.bytes) return null;
      return new Promise((resolve) => {
        stream.once('drain', resolve);
        stream.once('close', resolve);
      });
    },
    flush: () =>
      new Promise((resolve) => {
        lines.flush();
        if (isClosed || stream.writableLength === 0) resolve();
        else {
          write('', () => resolve());
          stream.once('close', () => resolve());
        }
      }),
  };
}
