import type { Readable } from 'node:stream';
import { isJsonObject, type JsonObject, parseJsonObject } from '../domain/json-object.ts';

/** The fields of a client's event that the scripts use. A missing or invalid field is null or empty. */
export interface ClientEvent {
  readonly sessionId: string | null;
  readonly cwd: string | null;
  readonly transcriptPath: string | null;
  /** Why a session starts: `startup`, `resume`, `clear`, `compact`. */
  readonly source: string | null;
  readonly toolInput: JsonObject;
}

const maxBytes = 10 * 1_024 * 1_024;
/** Well below the client's time limit for a script. */
const readLimitMs = 2_000;

/**
 * Reads to the end, so that the client can finish writing, but at most 2 s; more than 10 MiB is not kept. Never rejects: an unreadable
 * event has no fields.
 */
export async function readEvent(stdin: Readable): Promise<ClientEvent> {
  return parseEvent(await readText(stdin));
}

function readText(stdin: Readable): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    const settle = () => {
      clearTimeout(timer);
      stdin.destroy();
      resolve(Buffer.concat(chunks).toString());
    };
    const timer = setTimeout(settle, readLimitMs);
    stdin
      .on('data', (chunk: Buffer) => {
        sizeBytes += chunk.length;
        if (sizeBytes <= maxBytes) chunks.push(chunk);
      })
      .on('end', settle)
      .on('error', settle);
  });
}

function parseEvent(text: string): ClientEvent {
  const event: JsonObject = parseJsonObject(text) ?? {};
  return {
    sessionId: textFrom(event.session_id),
    cwd: textFrom(event.cwd),
    transcriptPath: textFrom(event.transcript_path),
    source: textFrom(event.source),
    toolInput: objectFrom(event.tool_input),
  };
}

export const textFrom = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const objectFrom = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});
