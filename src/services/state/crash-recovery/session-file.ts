import { lstat, rename, unlink } from 'node:fs/promises';
import { AppError } from '../../../domain/app-error.ts';
import { type Enrollment, enrollmentSchema } from '../../../domain/enrollment.schema.ts';
import { parseJsonObject } from '../../../domain/json-object.ts';
import { type OpenFile, openOwnFile } from '../../platform/open-regular-file.ts';
import { namesIn, unlessMissing } from '../../platform/unless-missing.ts';
import type { RecoveryOptions } from './recovery-options.ts';

/** A file of an agent session in the tmpfs folder. */
export interface SessionFile {
  readonly kind: 'trace' | 'enrollment';
  readonly pid: number;
  /** The server that has claimed it; null where none has. */
  readonly owner: string | null;
}

export interface SessionFiles {
  readonly traces: readonly SessionFile[];
  readonly enrollments: readonly SessionFile[];
  has(file: SessionFile): boolean;
}

type Place = Pick<RecoveryOptions, 'tmpfsDir' | 'serverId' | 'ownUid'>;

const maxTraceBytes = 64 * 1024 * 1024;
const maxEnrollmentBytes = 64 * 1024;

/**
 * Lists the files of sessions in the tmpfs folder. A folder that does not exist is empty.
 * @throws AppError `unavailable`, naming the folder, when it cannot be read
 */
export function listSessionFiles(tmpfsDir: string): SessionFiles {
  const all = namesIn(tmpfsDir)
    .map(parseName)
    .filter((file) => file !== null);
  const names = new Set(all.map(nameOf));
  return {
    traces: all.filter(({ kind }) => kind === 'trace'),
    enrollments: all.filter(({ kind }) => kind === 'enrollment'),
    has: (file) => names.has(nameOf(file)),
  };
}

export const pathOf = ({ tmpfsDir }: Place, file: SessionFile): string => `${tmpfsDir}/${nameOf(file)}`;

/** @returns null where nothing has the name @throws AppError `forbidden`, naming the path */
export const openTrace = (place: Place, trace: SessionFile): Promise<OpenFile | null> =>
  openOwnFile(pathOf(place, trace), place.ownUid, maxTraceBytes);

/** @returns null where nothing has the name @throws AppError `forbidden` or `invalid_input`, naming the path */
export async function readEnrollment(place: Place, enrollment: SessionFile): Promise<Enrollment | null> {
  const { pid } = enrollment;
  const path = pathOf(place, enrollment);
  const file = await openOwnFile(path, place.ownUid, maxEnrollmentBytes);
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

/**
 * Claims a file for this server by renaming it; of several servers that try, one succeeds.
 * @returns false where another one was first
 * @throws AppError `conflict` where this server still has such a file of an earlier process with the same pid
 */
export async function claim(place: Place, file: SessionFile): Promise<boolean> {
  if (file.owner === place.serverId) return true;
  const claimed = pathOf(place, { ...file, owner: place.serverId });
  if ((await unlessMissing(lstat(claimed))) !== null)
    throw new AppError('conflict', `${claimed} must be settled first.`, { details: { path: claimed } });
  return (await unlessMissing(rename(pathOf(place, file), claimed).then(() => true))) ?? false;
}

/** Removes a file. Another server may be first. */
export async function remove(place: Place, file: SessionFile): Promise<void> {
  await unlessMissing(unlink(pathOf(place, file)));
}

const extensions = { trace: 'jsonl', enrollment: 'json' } as const;
const pattern =
  /^(?:maitred_|\.maitred_claimed_([A-Za-z0-9_-]{1,64})_)(?:(trace)_([1-9]\d{0,9})\.jsonl|enrollment_([1-9]\d{0,9})\.json)$/;

export function nameOf({ kind, pid, owner }: SessionFile): string {
  const prefix = owner === null ? 'maitred' : `.maitred_claimed_${owner}`;
  return `${prefix}_${kind}_${pid}.${extensions[kind]}`;
}

/** null for the name of any other file. */
function parseName(name: string): SessionFile | null {
  const found = pattern.exec(name);
  if (found === null) return null;
  const [, owner = null, trace, tracePid, enrollmentPid] = found;
  return { kind: trace === undefined ? 'enrollment' : 'trace', pid: Number(tracePid ?? enrollmentPid), owner };
}
