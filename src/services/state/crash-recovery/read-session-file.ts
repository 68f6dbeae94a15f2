import { AppError } from '../../../domain/app-error.ts';
import { type Enrollment, enrollmentSchema } from '../../../domain/enrollment.schema.ts';
import { parseJsonObject } from '../../../domain/json-object.ts';
import { type OpenFile, openOwnFile } from '../../platform/open-regular-file.ts';

const maxTraceBytes = 64 * 1024 * 1024;
const maxEnrollmentBytes = 64 * 1024;

/** @returns null where nothing has the name @throws AppError `forbidden`, naming the path */
export function openTrace(path: string, ownUid: number | null): Promise<OpenFile | null> {
  return openOwnFile(path, ownUid, maxTraceBytes);
}

/** @returns null where nothing has the name @throws AppError `forbidden` or `invalid_input`, naming the path */
export async function readEnrollment(path: string, pid: number, ownUid: number | null): Promise<Enrollment | null> {
  const file = await openOwnFile(path, ownUid, maxEnrollmentBytes);
  if (file === null) return null;
  try {
    const parsed = enrollmentSchema.safeParse(parseJsonObject(await file.handle.readFile('utf8')));
    if (parsed.success && parsed.data.pid === pid) return parsed.data;
  } finally {
    await file.handle.close();
  }
  throw new AppError('invalid_input', `${path} is not an enrollment of process ${pid}; it is left alone.`, {
    details: { path },
  });
}
