import { isUtf8 } from 'node:buffer';
import type { Readable, Writable } from 'node:stream';
import { AppError, type Fault } from '../../domain/app-error.ts';
import type { JsonObject } from '../../domain/json-object.ts';
import type { JsonRpcError, JsonRpcMessage, JsonRpcResponse, RequestId } from '../../domain/json-rpc.ts';
import { jsonRpcCode } from '../../domain/json-rpc.ts';
import { createLineSplitter } from '../../domain/line-splitter.ts';
import { type MessageLine, textOfMessage } from '../../domain/message-line.ts';
import { classify, type Incoming, readMessageText } from '../../domain/read-message.ts';
import { createTurnWriter } from '../../domain/turn-writer.ts';

export interface UpstreamConnectionOptions {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Takes the messages of the server, but for answers to `request`, in order. */
  onMessage(message: JsonRpcMessage, line: MessageLine | undefined): void;
  onNoise(line: NoiseLine): void;
  /** From now on nothing can be said to the server, or understood of it. */
  onBroken(fault: Fault): void;
  /** Reading waits for this; null: there is room for what is read. */
  whenRoom(): Promise<void> | null;
}

/** A line that is not a message. */
export interface NoiseLine {
  readonly sizeBytes: number;
  readonly reason: string;
  /** Decodes its beginning, long enough to recognise a secret at the end of what is shown of it. To be called at once, or never. */
  readText(): string;
}

/** The pipes to an MCP server, as messages. */
export interface UpstreamConnection {
  /**
   * Asks the server for something of our own.
   * @throws AppError `process_failed` for an answer that is an error, with the server's text in `details.output`; the signal's reason
   */
  request(method: string, params: JsonObject, signal: AbortSignal): Promise<JsonObject>;
  notify(method: string): void;
  /** Hands a message on. @param line as which it came */
  send(message: JsonRpcMessage, line: MessageLine | undefined): void;
  /** Ends the input of the server, which asks it to end. Twice is safe. */
  end(): void;
}

/** No server needs more for one message, and no client takes more. */
const maxLineBytes = 256 * 1_024 ** 2;
/** So much that the server does not read means that it never will. */
const mostUnreadBytes = 64 * 1_024 ** 2;
const mostNoiseBytes = 16_384;

/**
 * The first id of a request of our own. The front numbers the requests of the client from 1 up, and never comes as far. Not a text: there are
 * servers that take only whole numbers, some only those of 32 bits.
 */
const firstOwnId = 1_000_000_000;
const isOwnId = (id: RequestId) => typeof id === 'number' && id >= firstOwnId;

/** What a message can begin with: an object, or a batch. */
const openings: readonly (number | undefined)[] = [0x7b, 0x5b];
/** The white space of JSON within a line. */
const blanks: readonly (number | undefined)[] = [0x20, 0x09, 0x0d];

export function openUpstreamConnection(options: UpstreamConnectionOptions): UpstreamConnection {
  const { stdin, stdout } = options;
  const asked = new Map<RequestId, (answer: JsonRpcResponse) => void>();
  let nextId = firstOwnId;
  let hasNoise = false;
  let isBroken = false;
  const fail = (message: string) => {
    if (isBroken) return;
    isBroken = true;
    options.onBroken({ code: 'unavailable', message });
  };

  const deliver = (message: JsonRpcMessage, line: MessageLine | undefined) => {
    if ('method' in message || !isOwnId(message.id)) options.onMessage(message, line);
    // An answer that comes too late has no request any more.
    else asked.get(message.id)?.(message);
  };
  const reportNoise = (line: Buffer, reason: string) => {
    hasNoise = true;
    options.onNoise({
      sizeBytes: line.length,
      reason,
      readText: () => line.toString('utf8', 0, mostNoiseBytes),
    });
  };
  const onIncoming = (incoming: Incoming, line: Buffer) => {
    switch (incoming.kind) {
      case 'batch':
        for (const each of incoming.messages) onIncoming(classify(each), line);
        break;
      case 'malformed': {
        const { id, code, reason } = incoming;
        reportNoise(line, reason);
        // Only a request of the server can have bad params: its id has nothing to do with those of the client.
        if (id !== undefined && code !== jsonRpcCode.invalidParams) deliver(unreadableAnswer(id), undefined);
        break;
      }
      case 'blank':
        break;
      default:
        deliver(incoming.message, incoming.line);
    }
  };
  const lines = createLineSplitter<Buffer>({
    maxLineBytes,
    join: Buffer.concat,
    onLine(line) {
      const first = line.find((byte) => !blanks.includes(byte));
      if (first === undefined) return;
      if (!openings.includes(first)) {
        reportNoise(line, 'neither a JSON object nor an array');
        return;
      }
      if (!isUtf8(line)) reportNoise(line, 'bytes that are not UTF-8');
      // As a client reads it that does not check: the bad bytes become U+FFFD.
      onIncoming(readMessageText(line.toString()), line);
    },
    onTooLong: (sizeBytes) => fail(`the server sent a line of ${sizeBytes} bytes, more than ${maxLineBytes}`),
  });
  stdout.on('data', (chunk: Buffer) => {
    hasNoise = false;
    lines.push(chunk);
    const pause = options.whenRoom() ?? (hasNoise ? nextTurn() : null);
    if (pause === null) return;
    stdout.pause();
    void pause.then(() => stdout.resume());
  });
  stdout.once('end', () => {
    lines.end();
    fail('the command closed its output');
  });

  // A pipe that we have not ended closes where its reader is gone.
  stdin.once('close', () => {
    if (!stdin.writableEnded) fail('the command closed its input');
  });

  const output = createTurnWriter((text) => {
    if (stdin.destroyed || stdin.writableEnded) return;
    stdin.write(text);
    if (stdin.writableLength > mostUnreadBytes)
      fail(`the command does not read its input: ${stdin.writableLength} bytes wait for it`);
  });
  const write = (json: string) => output.write(`${json}\n`);

  return {
    async request(method, params, signal) {
      const id = nextId;
      nextId += 1;
      const answer = await new Promise<JsonRpcResponse>((resolve, reject) => {
        signal.throwIfAborted();
        const onAbort = () => {
          asked.delete(id);
          reject(signal.reason);
        };
        signal.addEventListener('abort', onAbort, { once: true });
        asked.set(id, (answered) => {
          asked.delete(id);
          signal.removeEventListener('abort', onAbort);
          resolve(answered);
        });
        write(textOfMessage({ jsonrpc: '2.0', id, method, params }, undefined));
      });
      if (answer.error !== undefined) throw refusedBy(method, answer.error);
      return answer.result as JsonObject;
    },
    notify: (method) => write(textOfMessage({ jsonrpc: '2.0', method }, undefined)),
    send: (message, line) => write(textOfMessage(message, line)),
    end() {
      output.flush();
      stdin.end();
    },
  };
}

/** A server that prints without end would leave no time for anything else. */
const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

const refusedBy = (method: string, { code, message }: JsonRpcError) =>
  new AppError('process_failed', `the server answered ${method} with the error ${code}`, {
    details: { output: message },
  });

/** So that the request of a client is not left without an answer. */
const unreadableAnswer = (id: RequestId): JsonRpcResponse => ({
  jsonrpc: '2.0',
  id,
  error: { code: jsonRpcCode.internalError, message: 'The answer of the server is not a JSON-RPC response.' },
});
