/** A file that a session has left in the tmpfs folder. */
export interface Remain {
  readonly kind: 'trace' | 'enrollment';
  readonly pid: number;
  /** The server that has claimed it; null where none has. */
  readonly owner: string | null;
}

const endings = { trace: 'jsonl', enrollment: 'json' } as const;
const pattern =
  /^(?:maitred_|\.maitred_claimed_([A-Za-z0-9_-]{1,64})_)(?:(trace)_([1-9]\d{0,9})\.jsonl|enrollment_([1-9]\d{0,9})\.json)$/;

export function nameOf({ kind, pid, owner }: Remain): string {
  const prefix = owner === null ? 'maitred' : `.maitred_claimed_${owner}`;
  return `${prefix}_${kind}_${pid}.${endings[kind]}`;
}

/** null for a name that is none of ours. */
export function parseName(name: string): Remain | null {
  const found = pattern.exec(name);
  if (found === null) return null;
  const [, owner = null, trace, tracePid, enrollmentPid] = found;
  return { kind: trace === undefined ? 'enrollment' : 'trace', pid: Number(tracePid ?? enrollmentPid), owner };
}
