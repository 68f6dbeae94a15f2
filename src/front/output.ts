import type { Writable } from 'node:stream';
import { startTimer } from '../domain/timers.ts';

/** A client that reads while the server still answers is served sooner than one that gets everything at once. */
const pieceChars = 4_096;
/** More than this unread by the client … */
const stalledBytes = 16 * 1024 * 1024;
/** … for this long means that it is gone. */
const stalledForMs = 10_000;

/** The only writer to the client. */
export interface Output {
  /** Writes one line; never waits. The first line of a turn of the loop leaves at once, short ones after it together. */
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
  let pending = '';
  let isTurn = false;
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
  const send = (text: string) => {
    if (text === '' || isClosed) return;
    if (!write(text) && stream.writableLength > stalled.bytes) watchStall();
  };
  const sendPending = () => {
    const text = pending;
    pending = '';
    send(text);
  };
  const endTurn = () => {
    isTurn = false;
    sendPending();
  };
  return {
    write(line) {
      if (isTurn) {
        pending += line;
        if (pending.length > pieceChars) sendPending();
        return;
      }
      isTurn = true;
      setImmediate(endTurn);
      send(line);
    },
    whenWritable() {
      if (isClosed || stream.writableLength <= stalled.bytes) return null;
      return new Promise((resolve) => {
        stream.once('drain', resolve);
        stream.once('close', resolve);
      });
    },
    flush: () =>
      new Promise((resolve) => {
        sendPending();
        if (isClosed || stream.writableLength === 0) resolve();
        else {
          write('', () => resolve());
          stream.once('close', () => resolve());
        }
      }),
  };
}
