import type { FileHandle } from 'node:fs/promises';
import { adjudicateSession, type SessionVerdict } from '../../../domain/crashed-session.ts';
import type { Enrollment } from '../../../domain/enrollment.schema.ts';
import { parseJsonObject } from '../../../domain/json-object.ts';
import type { OpenFile } from '../../platform/open-regular-file.ts';
import type { RecoveryOptions } from './recovery-options.ts';

const headBytes = 64 * 1024;

/** Decides from its files what became of a session. */
export async function adjudicate(
  { bootId, isSameProcessAlive, nowMs = Date.now }: RecoveryOptions,
  enrollment: Enrollment | null,
  { handle, stats }: OpenFile,
): Promise<SessionVerdict> {
  return adjudicateSession({
    enrollment,
    traceMtimeMs: stats.mtimeMs,
    firstComm: await readFirstComm(handle),
    nowMs: nowMs(),
    bootId,
    isAlive: isSameProcessAlive,
  });
}

/** The program of the first snapshot; null where the beginning of the trace holds none. */
async function readFirstComm(trace: FileHandle): Promise<string | null> {
  const { buffer, bytesRead } = await trace.read(Buffer.allocUnsafe(headBytes), 0, headBytes, 0);
  for (const line of buffer.toString('utf8', 0, bytesRead).split('\n')) {
    const snapshot = parseJsonObject(line);
    if (snapshot !== null && 'comm' in snapshot) return typeof snapshot.comm === 'string' ? snapshot.comm : null;
  }
  return null;
}
