import type { Writable } from 'node:stream';

/** A client that reads while the server still answers is served sooner than one that gets everything at once. */
const pieceChars = 4_096;
/** More than this unread by the client … */
const stalledBytes = 16 * 1024 * 1024;
/** … for this long means that it is gone. */
const stalledForMs = 10_000;

/** The only writer to the client. */
export interface Output {
  /** Writes one line; never waits. Short lines of one turn of the loop leave together. */
  write(line: string): void;
  /** Settles when all that was written has been handed to the system, or can no longer be. */
  flush(): Promise<void>;
}

/**
 * @param write the stream's own write, taken before the stream was guarded
 * @param onClosed called once when nobody reads any more
 */
export function createOutput(stream: Writable, write: Writable['write'], onClosed: () => void): Output {
  let pending = '';
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
    stalledTimer = setTimeout(() => {
      stalledTimer = undefined;
      if (stream.writableLength > stalledBytes) close();
    }, stalledForMs).unref();
    stream.once('drain', () => {
      clearTimeout(stalledTimer);
      stalledTimer = undefined;
    });
  };
  const send = () => {
    const text = pending;
    pending = '';
    if (text === '' || isClosed) return;
    if (!write(text) && stream.writableLength > stalledBytes) watchStall();
  };
  return {
    write(line) {
      if (pending === '') setImmediate(send);
      pending += line;
      if (pending.length > pieceChars) send();
    },
    flush: () =>
      new Promise((resolve) => {
        send();
        if (isClosed || stream.writableLength === 0) resolve();
        else {
          write('', () => resolve());
          stream.once('close', () => resolve());
        }
      }),
  };
}
