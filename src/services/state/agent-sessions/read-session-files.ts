import { constants } from 'node:fs';
import { tracedSnapshotSchema } from '../../../domain/agent-session/process-snapshot.schema.ts';
import { runningSessionSchema, sessionEventSchema } from '../../../domain/agent-session/session-record.schema.ts';
import type { RunningSession, SessionEvent } from '../../../domain/agent-session/session-record.ts';
import { foldSnapshot, type TraceDigest, type TraceFold } from '../../../domain/agent-session/trace-digest.ts';
import { parseJsonObject } from '../../../domain/json-object.ts';
import { errorCodeOf } from '../../platform/error-code.ts';
import { openRegularFile } from '../../platform/open-regular-file.ts';
import { readLines } from '../../platform/read-lines.ts';
import { unlessMissing } from '../../platform/unless-missing.ts';

const maxLineBytes = 1_048_576;
/** A summary may name a thousand long paths. */
const maxTextBytes = 16 * 1_048_576;
const chunkBytes = 65_536;
const newline = 0x0a;

/**
 * The text of a file of ours.
 * @returns null where it is missing, and for what we have not written there: a link, a pipe, something large @throws Node's own errors where it cannot
 * be read
 */
export async function readSessionText(path: string): Promise<string | null> {
  const file = await unlessMissing(openRegularFile(path)).catch(nullForLink);
  if (file === null) return null;
  try {
    return file.stats.size > maxTextBytes ? null : await file.handle.readFile('utf8');
  } finally {
    await file.handle.close();
  }
}

function nullForLink(problem: unknown): null {
  if (errorCodeOf(problem) === 'ELOOP') return null;
  throw problem;
}

/** @returns null where it is missing or damaged @throws Node's own errors where it cannot be read */
export async function readSessionRecord(path: string): Promise<RunningSession | null> {
  const text = await readSessionText(path);
  const record = runningSessionSchema.safeParse(text === null ? null : parseJsonObject(text));
  return record.success ? record.data : null;
}

/**
 * The events in a file, in order. A line that is not an event, such as an unfinished last one, is passed over; a missing file has none.
 * @throws Node's own errors; the signal's reason
 */
export const readSessionEvents = (path: string, signal: AbortSignal) => readParsed(path, parseSessionEvent, signal);

/**
 * What the snapshots in a file show together; other lines are passed over.
 * @returns null where there is none @throws Node's own errors; the signal's reason
 */
export async function readTrace(path: string, signal: AbortSignal): Promise<TraceDigest | null> {
  let fold: TraceFold | null = null;
  for await (const snapshot of readParsed(path, parseSnapshot, signal))
    fold = foldSnapshot(fold, snapshot.pid, snapshot).fold;
  return fold?.digest ?? null;
}

async function* readParsed<Item>(
  path: string,
  parse: (line: string) => Item | null,
  signal: AbortSignal,
): AsyncGenerator<Item, void> {
  const file = await unlessMissing(openRegularFile(path));
  if (file === null) return;
  try {
    for await (const lines of readLines(file.handle, maxLineBytes, signal))
      for (const line of lines) {
        const item = line === null ? null : parse(line.toString());
        if (item !== null) yield item;
      }
  } finally {
    await file.handle.close();
  }
}

/**
 * Removes an unfinished last line from a file of a dead server, and syncs the file. A missing file has none.
 * @throws Node's own errors
 */
export async function removeUnfinishedLine(path: string): Promise<void> {
  const file = await unlessMissing(openRegularFile(path, constants.O_RDWR));
  if (file === null) return;
  const { handle, stats } = file;
  try {
    let sizeBytes = stats.size;
    for (let end = sizeBytes, start = 0; end > 0; end = start) {
      start = Math.max(0, end - chunkBytes);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(end - start), 0, end - start, start);
      sizeBytes = start + buffer.lastIndexOf(newline, bytesRead - 1) + 1;
      if (sizeBytes > start) break;
    }
    if (sizeBytes < stats.size) await handle.truncate(sizeBytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** null: the line is not an event. */
export function parseSessionEvent(line: string): SessionEvent | null {
  const event = sessionEventSchema.safeParse(parseJsonObject(line));
  return event.success ? event.data : null;
}

function parseSnapshot(line: string) {
  const snapshot = tracedSnapshotSchema.safeParse(parseJsonObject(line));
  return snapshot.success ? snapshot.data : null;
}
