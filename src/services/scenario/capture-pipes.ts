import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { within } from '../../domain/within.ts';
import type { ProcessPipes } from '../platform/process/spawn-process.ts';
import { createArrivals } from './arrivals.ts';
import { createHeadAndTail } from './head-and-tail.ts';
import type { CapturedProgram } from './scenario-recorder.ts';

export interface CapturedPipes {
  /** Settles when both outputs are closed, or the time is up: a process that has hidden itself may hold one open. */
  closed(limitMs: number): Promise<void>;
  take(): Pick<CapturedProgram, 'stdin' | 'stdout' | 'stderr' | 'arrivals'>;
}

/**
 * Listens to the streams of a program without reading them: what Node takes from a pipe is seen when it is put into the stream, and what the caller writes when it
 * writes it. So the streams flow, pause and end as their reader wants.
 * @param startedAtMs of the monotonic clock
 */
export function capturePipes({ stdin, stdout, stderr }: ProcessPipes, startedAtMs: number): CapturedPipes {
  const kept = { stdin: createHeadAndTail(), stdout: createHeadAndTail(), stderr: createHeadAndTail() };
  const arrivals = createArrivals();
  const keepOutput = (stream: 'stdout' | 'stderr') => (bytes: Uint8Array) => {
    kept[stream].add(bytes);
    arrivals.note({ atMs: performance.now() - startedAtMs, stream, bytes: kept[stream].sizeBytes });
  };
  listenToPush(stdout, keepOutput('stdout'));
  listenToPush(stderr, keepOutput('stderr'));
  listenToWrites(stdin, kept.stdin.add);
  const whenClosed = (output: Readable) => output.closed || once(output, 'close');
  return {
    closed: (limitMs) => within(limitMs, Promise.all([whenClosed(stdout), whenClosed(stderr)])),
    take: () => ({
      stdin: kept.stdin.sizeBytes === 0 ? null : kept.stdin.take(),
      stdout: kept.stdout.take(),
      stderr: kept.stderr.take(),
      arrivals: arrivals.rows(),
    }),
  };
}

type Take = (bytes: Uint8Array) => void;

function listenToPush(output: Readable, take: Take): void {
  const push = output.push.bind(output);
  output.push = (chunk: unknown, encoding?: BufferEncoding) => {
    takeChunk(chunk, encoding, take);
    return push(chunk, encoding);
  };
}

/** `end` takes a last part, and does not call `write` for it. */
function listenToWrites(input: Writable, take: Take): void {
  const { write, end } = input;
  input.write = (...args: readonly unknown[]): boolean => {
    takeChunk(args[0], args[1], take);
    return Reflect.apply(write, input, args);
  };
  input.end = (...args: readonly unknown[]) => {
    takeChunk(args[0], args[1], take);
    Reflect.apply(end, input, args);
    return input;
  };
}

function takeChunk(chunk: unknown, encoding: unknown, take: Take): void {
  if (chunk instanceof Uint8Array) take(chunk);
  else if (typeof chunk === 'string') take(Buffer.from(chunk, isEncoding(encoding) ? encoding : 'utf8'));
}

const isEncoding = (encoding: unknown): encoding is BufferEncoding =>
  typeof encoding === 'string' && Buffer.isEncoding(encoding);
