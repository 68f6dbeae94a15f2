import type { FileHandle } from 'node:fs/promises';
import { AppError } from '../../../domain/app-error.ts';
import { type Enrollment, enrollmentSchema } from '../../../domain/enrollment.schema.ts';
import { type OwnFile, openOwnFile } from './open-own-file.ts';

const maxTraceBytes = 64 * 1024 * 1024;
const maxEnrollmentBytes = 64 * 1024;
const headBytes = 64 * 1024;

/** @returns null where nothing has the name; else to be closed by the caller */
export function openTrace(path: string, ownUid: number | null): Promise<OwnFile | null> {
  return openOwnFile(path, ownUid, maxTraceBytes);
}

/** @returns null where nothing has the name @throws AppError `forbidden` or `invalid_input`, naming the path */
export async function readEnrollment(path: string, pid: number, ownUid: number | null): Promise<Enrollment | null> {
  const file = await openOwnFile(path, ownUid, maxEnrollmentBytes);
  if (file === null) return null;
  try {
    const parsed = enrollmentSchema.safeParse(parseJson(await file.handle.readFile('utf8')));
    if (parsed.success && parsed.data.pid === pid) return parsed.data;
  } finally {
    await file.handle.close();
  }
  throw new AppError('invalid_input', `${path} is no enrollment of process ${pid}; it is left alone.`, {
    details: { path },
  });
}

/** The program of the first snapshot; null where the beginning of the trace holds none. */
export async function readFirstComm(trace: FileHandle): Promise<string | null> {
  const { buffer, bytesRead } = await trace.read(Buffer.allocUnsafe(headBytes), 0, headBytes, 0);
  for (const line of buffer.toString('utf8', 0, bytesRead).split('\n')) {
    const snapshot = parseJson(line);
    if (typeof snapshot !== 'object' || snapshot === null || !('comm' in snapshot)) continue;
    return typeof snapshot.comm === 'string' ? snapshot.comm : null;
  }
  return null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
