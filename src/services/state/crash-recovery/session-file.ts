import { namesIn } from '../../platform/unless-missing.ts';

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
