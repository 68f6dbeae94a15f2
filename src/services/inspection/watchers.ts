import type { Socket } from 'node:net';
import type { MessageRing } from './message-ring.ts';

export interface WatchersDeps {
  readonly ring: Pick<MessageRing, 'first' | 'next' | 'take'>;
  /** Sent to a watcher before the lines. */
  before(): Iterable<string>;
  /** Sent to a watcher that was too slow, instead of the messages that it lost: their number, and the present state. */
  afterLoss(messages: number): Iterable<string>;
  /** Called when the last watcher has gone. */
  onAllGone(): void;
}

/** Connections that watch a server, each at its own pace. A slow watcher takes no memory beyond the lines of the ring. */
export interface Watchers {
  /** Closes the socket if there are 16 watchers already. */
  admit(socket: Socket): void;
  /** Must be called for new lines. They are written in the next turn, many at once. */
  notify(): void;
  /** Writes what the sockets accept without waiting, then the last line, and closes them. Blocking. */
  leave(lastLine: string): void;
}

const mostWatchers = 16;
/** In one write. */
const chunkBytes = 65_536;
/** In one turn: each is made when it is taken, and one that is short may have been long before its secrets were redacted. */
const mostPrefaceLines = 25;
/** Watchers have nothing to send: the socket of one that sends more is closed. */
const mostBytesReceived = 65_536;

interface Watcher {
  readonly socket: Socket;
  /** Lines that come before those of the ring. */
  preface: Iterator<string>;
  /** The number of the line that comes next. */
  at: number;
  /** The socket accepts no more for now. */
  isFull: boolean;
}

export function createWatchers({ ring, before, afterLoss, onAllGone }: WatchersDeps): Watchers {
  const watchers = new Set<Watcher>();
  let isTurnAsked = false;

  const takeChunk = (watcher: Watcher): Buffer => {
    let preface = takePreface(watcher);
    if (preface === '' && watcher.at < ring.first) {
      watcher.preface = afterLoss(ring.next - watcher.at)[Symbol.iterator]();
      watcher.at = ring.next;
      preface = takePreface(watcher);
    }
    if (preface !== '') return Buffer.from(preface);
    const { count, bytes } = ring.take(watcher.at, chunkBytes);
    watcher.at += count;
    return bytes;
  };

  /** @returns whether there may be more that the socket accepts */
  const writeChunk = (watcher: Watcher): boolean => {
    // The process may go on after its server has left, as that of `wrap --warm` does: nothing follows the last line.
    if (watcher.isFull || watcher.socket.writableEnded) return false;
    const chunk = takeChunk(watcher);
    if (chunk.length === 0) return false;
    const { socket } = watcher;
    socket.write(chunk, () => {
      watcher.isFull = false;
      askForTurn();
    });
    watcher.isFull = socket.writableLength > 0;
    return !watcher.isFull;
  };

  const takeTurn = () => {
    isTurnAsked = false;
    for (const watcher of watchers) {
      try {
        if (writeChunk(watcher)) askForTurn();
      } catch {
        // A server must not fail because it is watched: a watcher whose stream breaks can reconnect.
        watcher.socket.destroy();
      }
    }
  };
  const askForTurn = () => {
    if (isTurnAsked || watchers.size === 0) return;
    isTurnAsked = true;
    setImmediate(takeTurn);
  };

  return {
    admit(socket) {
      if (watchers.size >= mostWatchers) {
        socket.destroy();
        return;
      }
      const watcher: Watcher = { socket, preface: before()[Symbol.iterator](), at: ring.first, isFull: false };
      let receivedBytes = 0;
      socket
        .unref()
        .on('data', ({ length }: Buffer) => {
          receivedBytes += length;
          if (receivedBytes > mostBytesReceived) socket.destroy();
        })
        // `close` follows, and handles it.
        .on('error', () => undefined)
        .on('close', () => {
          watchers.delete(watcher);
          if (watchers.size === 0) onAllGone();
        });
      watchers.add(watcher);
      askForTurn();
    },
    notify: askForTurn,
    leave(lastLine) {
      for (const watcher of watchers) {
        while (writeChunk(watcher));
        watcher.socket.end(watcher.isFull ? '' : `${lastLine}\n`);
      }
    },
  };
}

function takePreface({ preface }: Watcher): string {
  let text = '';
  for (let lines = 0; lines < mostPrefaceLines && text.length < chunkBytes; lines += 1) {
    const { value, done } = preface.next();
    if (done === true) break;
    text += `${value}\n`;
  }
  return text;
}
