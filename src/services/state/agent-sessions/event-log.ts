import type { FileHandle } from 'node:fs/promises';
import type { SessionEvent } from '../../../domain/agent-session/session-record.ts';
import { encodeJson } from '../../../domain/encode-json.ts';
import type { Redactor } from '../../../domain/redact.ts';
import { shortenTexts, shortenUntilItFits } from '../../../domain/shorten-texts.ts';
import { startTimer } from '../../../domain/timers.ts';

export interface EventLogOptions {
  /** Open for writing and empty. */
  readonly file: Pick<FileHandle, 'write' | 'truncate' | 'sync' | 'close'>;
  readonly redact: Pick<Redactor, 'value'>;
  /** Called with each failed write; its events are left out. */
  onProblem(problem: unknown): void;
}

/** Writes the events of one session, as one line of JSON each. */
export interface EventLog {
  /** Without secrets and with truncated texts. In the file within 50 ms. Never throws. */
  append(event: SessionEvent): void;
  /**
   * Writes what is pending and how many events were left out, syncs and closes the file; later events are ignored. Twice is safe, also after a failure.
   * @throws Node's own errors
   */
  finish(): Promise<void>;
  /** Closes the file without that. Twice is safe. Never throws. */
  abandon(): Promise<void>;
}

const batchMs = 50;
/** A batch that has so much is written at once. */
const fullBatchBytes = 262_144;
const mostCharacters = 65_536;
/** A line over this is not read. */
const mostLineBytes = 1_048_576;
/** Of the whole file. Beyond that it takes only what decides the outcome and the cost … */
const mostBytes = 16 * 1_048_576;
/** … up to this. */
const mostBytesOfAll = 20 * 1_048_576;

const isBulky: Readonly<Record<SessionEvent['type'], boolean>> = {
  init: false,
  sessionId: false,
  text: true,
  toolCall: true,
  toolResult: true,
  usage: false,
  rateLimit: false,
  apiRetry: true,
  contextExhausted: false,
  result: false,
  unreadable: true,
  other: true,
  state: false,
  leftOut: false,
};

export function createEventLog({ file, redact, onProblem }: EventLogOptions): EventLog {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let timer: NodeJS.Timeout | null = null;
  let writing = Promise.resolve();
  let isClosed = false;
  /** What is in the file as whole lines, and with what is pending. */
  let writtenBytes = 0;
  let plannedBytes = 0;
  let leftOut = 0;
  /** The limit that was reached; 0: none. */
  let fullAtBytes = 0;

  const write = async (bytes: Buffer) => {
    // At its place: what a full disk takes of a batch is overwritten by the next one.
    for (let at = 0; at < bytes.length; )
      at += (await file.write(bytes, at, bytes.length - at, writtenBytes + at)).bytesWritten;
    writtenBytes += bytes.length;
  };
  const writeBatch = async () => {
    const batch = pending;
    pending = [];
    pendingBytes = 0;
    try {
      if (batch.length > 0) await write(Buffer.concat(batch));
    } catch (problem) {
      leftOut += batch.length;
      onProblem(problem);
    }
    plannedBytes = writtenBytes + pending.reduce((sum, { length }) => sum + length, 0);
  };
  const flush = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    writing = writing.then(writeBatch);
    return writing;
  };
  const close = async () => {
    isClosed = true;
    await file.close();
  };

  return {
    append(event) {
      if (isClosed) return;
      const limitBytes = isBulky[event.type] ? mostBytes : mostBytesOfAll;
      // To redact a line takes longer than all else, so none is made that has no place. After the first of these, smaller ones are left out too.
      const bytes = fullAtBytes >= limitBytes ? null : Buffer.from(lineOf(event, redact));
      if (bytes === null || plannedBytes + bytes.length > limitBytes) {
        fullAtBytes = Math.max(fullAtBytes, limitBytes);
        leftOut += 1;
        return;
      }
      plannedBytes += bytes.length;
      pending.push(bytes);
      pendingBytes += bytes.length;
      if (pendingBytes >= fullBatchBytes) void flush();
      else timer ??= startTimer(flush, batchMs);
    },
    async finish() {
      if (isClosed) return;
      await flush();
      if (leftOut > 0) {
        await write(Buffer.from(lineOf({ at: new Date().toISOString(), type: 'leftOut', events: leftOut }, redact)));
        leftOut = 0;
      }
      await file.truncate(writtenBytes);
      await file.sync();
      await close();
    },
    async abandon() {
      if (isClosed) return;
      await flush();
      await close().catch(() => undefined);
    },
  };
}

function lineOf(event: SessionEvent, redact: Pick<Redactor, 'value'>): string {
  // A longer text is redacted in part: what is not redacted is then in the middle, which is left out.
  const redacted = redact.value(shortenTexts(event, 2 * mostCharacters));
  const line = shortenUntilItFits(mostCharacters, (most) => {
    const json = encodeJson(shortenTexts(redacted, most));
    return Buffer.byteLength(json) < mostLineBytes ? `${json}\n` : null;
  });
  if (line !== null) return line;
  const sizeBytes = Buffer.byteLength(encodeJson(event));
  return `${encodeJson({ at: event.at, type: 'unreadable', sizeBytes })}\n`;
}
