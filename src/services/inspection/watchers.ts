import type { Socket } from 'node:net';
import type { MessageRing } from './message-ring.ts';

export interface WatchersDeps {
  readonly ring: Pick<MessageRing, 'first' | 'next' | 'take'>;
  /** Said to a watcher before the lines. */
  before(): Iterable<string>;
  /** Said to one that was too slow for so many messages, instead of them: that they are lost, and how things are. */
  afterLoss(messages: number): Iterable<string>;
  /** Those that are there have gone. */
  onAllGone(): void;
}

/** Those who look at a server, each at its own pace. What one does not take costs the server no memory but that of the lines themselves. */
export interface Watchers {
  /** One more than a server serves is sent away. */
  admit(socket: Socket): void;
  /** There are new lines. They are written in the next turn, many at once. */
  tell(): void;
  /** Writes what the system takes at once, and the policy; blocking. */
  leave(policy: string): void;
}

const mostWatchers = 16;
/** In one write. */
const chunkBytes = 65_536;
/** Watchers have nothing to say: one that talks for longer than this is sent away. */
const mostBytesHeard = 65_536;

interface Watcher {
  readonly socket: Socket;
  /** Lines that come before those of the ring. */
  preface: Iterator<string>;
  /** The number of the line that comes next. */
  at: number;
  /** The system takes no more as of now. */
  isFull: boolean;
}

export function createWatchers({ ring, before, afterLoss, onAllGone }: WatchersDeps): Watchers {
  const watchers = new Set<Watcher>();
  let isTurnAsked = false;

  const takeChunk = (watcher: Watcher): Buffer => {
    if (watcher.at < ring.first) {
      watcher.preface = afterLoss(ring.next - watcher.at)[Symbol.iterator]();
      watcher.at = ring.next;
    }
    const preface = takePreface(watcher);
    if (preface !== '') return Buffer.from(preface);
    const { count, bytes } = ring.take(watcher.at, chunkBytes);
    watcher.at += count;
    return bytes;
  };

  /** @returns whether there may be more that the system takes */
  const writeChunk = (watcher: Watcher): boolean => {
    if (watcher.isFull) return false;
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
        // A server does not die of being watched: who sees the stream break off can come again.
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
      let heardBytes = 0;
      socket
        .unref()
        .on('data', ({ length }: Buffer) => {
          heardBytes += length;
          if (heardBytes > mostBytesHeard) socket.destroy();
        })
        // That it has gone is all that there is to know: `close` follows.
        .on('error', () => undefined)
        .on('close', () => {
          watchers.delete(watcher);
          if (watchers.size === 0) onAllGone();
        });
      watchers.add(watcher);
      askForTurn();
    },
    tell: askForTurn,
    leave(policy) {
      for (const watcher of watchers) {
        while (writeChunk(watcher));
        if (!watcher.isFull) watcher.socket.write(`${policy}\n`);
      }
    },
  };
}

function takePreface({ preface }: Watcher): string {
  let text = '';
  while (text.length < chunkBytes) {
    const { value, done } = preface.next();
    if (done === true) break;
    text += `${value}\n`;
  }
  return text;
}
