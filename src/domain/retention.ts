export type RetentionKind =
  | 'dead_server'
  | 'crash_file'
  | 'early_settings'
  | 'handshake'
  | 'compiled_code'
  | 'rotated_log'
  | 'command_output'
  | 'unfinished_file';

/** The state folder and its subfolders. */
export type RetentionPlace = 'state' | 'logs' | 'servers' | 'crashes' | 'early' | 'handshakes' | 'code' | 'output';

/** How many files of a kind are kept, and for how long. Beyond a number or a total size, the oldest are removed first. */
export interface RetentionRule {
  readonly kind: RetentionKind;
  /** The names of such files, by place. A file with any other name is not ours and is kept. */
  readonly names: Readonly<Partial<Record<RetentionPlace, RegExp>>>;
  readonly maxAgeMs: number;
  readonly maxFiles?: number;
  readonly maxTotalBytes?: number;
  /** Files of live servers are kept, but count. The server's id is the name up to the first dot. */
  readonly sparesLiveServers?: true;
  /** A person is offered larger files at once, also those of live servers, except files in use. */
  readonly largeBytes?: number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const mebiBytes = 1_048_576;
const gibiBytes = 1_024 * mebiBytes;

const atomicWrite = /^\..+\.tmp$/;

/** Folders of the session log. Those of the last day are kept, however many they are: the audit counts them. */
export const sessionLogBounds = { keep: 500, keepYoungerThanMs: dayMs } as const;

/** How many recipe runs are kept after their end, and for how long. Runs that have not ended, as those that wait for a person, are kept for ever. */
export interface RunBounds {
  readonly maxRuns: number;
  readonly maxAgeMs: number;
}

export const endedRunBounds: RunBounds = { maxRuns: 5_000, maxAgeMs: 90 * dayMs };

/** Finds the runs that have expired, those that ended last first. @param runs `endedAtMs`: null for a run that has not ended */
export function findExpiredRuns<Run extends { readonly endedAtMs: number | null }>(
  runs: readonly Run[],
  { maxRuns, maxAgeMs }: RunBounds,
  nowMs: number,
): readonly Run[] {
  const endOf = ({ endedAtMs }: Run) => endedAtMs ?? Infinity;
  const ended = runs.filter(({ endedAtMs }) => endedAtMs !== null).sort((a, b) => endOf(b) - endOf(a));
  return ended.filter((run, at) => at >= maxRuns || nowMs - endOf(run) > maxAgeMs);
}

/** One per wrapped command and kind of client, written at each start. Without it, the next start waits for the command. */
export const handshakeRule: RetentionRule = {
  kind: 'handshake',
  names: { handshakes: /^[\da-f]{16}\.json$/ },
  maxAgeMs: 90 * dayMs,
  maxFiles: 200,
};

export const retentionRules: readonly RetentionRule[] = [
  /** The next server that starts recovers it, so it expires only if no server starts. */
  {
    kind: 'dead_server',
    names: { servers: /^[^.].*\.json$/ },
    maxAgeMs: 30 * dayMs,
    maxFiles: 100,
    sparesLiveServers: true,
  },
  /** A crash file is read soon or never. A server that crashes in a loop writes many. */
  { kind: 'crash_file', names: { crashes: /^[^.].*\.json$/ }, maxAgeMs: 30 * dayMs, maxFiles: 50 },
  /** One per project. Without it, the next start reads the configuration again. */
  { kind: 'early_settings', names: { early: /^[^.].*\.json$/ }, maxAgeMs: 30 * dayMs, maxFiles: 200 },
  handshakeRule,
  /** One per build and Node version, named `<file>-<build>-<Node>-<architecture>`. Without it, the next start compiles again. */
  {
    kind: 'compiled_code',
    names: { code: /^[^.].*-v\d.*-[a-z0-9]+$/ },
    maxAgeMs: 90 * dayMs,
    maxFiles: 30,
  },
  /** Rotation limits their number, but not their age while no server runs. */
  { kind: 'rotated_log', names: { logs: /^(server|order)\.log\.\d+$/ }, maxAgeMs: 30 * dayMs },
  /** Its size depends on the commands. It is read while their session works. */
  {
    kind: 'command_output',
    names: { output: /^[\w-]+\.\d+\.(stdout|stderr)$/ },
    maxAgeMs: 7 * dayMs,
    maxFiles: 200,
    maxTotalBytes: 2 * gibiBytes,
    sparesLiveServers: true,
    largeBytes: mebiBytes,
  },
  /** A write takes milliseconds: a file that is unfinished after an hour was left by a killed process. */
  {
    kind: 'unfinished_file',
    names: {
      state: atomicWrite,
      logs: atomicWrite,
      servers: atomicWrite,
      crashes: atomicWrite,
      early: atomicWrite,
      handshakes: atomicWrite,
      code: /^\..+\.tmp$|^[^.].*\.\d+$/,
      output: atomicWrite,
    },
    maxAgeMs: hourMs,
  },
];

/** Whether a file is of a kind, by its place and its name. */
export function isOfKind({ names }: RetentionRule, place: RetentionPlace, name: string): boolean {
  return names[place]?.test(name) === true;
}

export interface StoredFile {
  readonly path: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
}

/** `too_large`: the total size of this file and the newer ones. `large`: the size of this file, where large files are offered. */
export type ExpiryReason = 'too_old' | 'too_many' | 'too_large' | 'large';

export interface Expiry<File extends StoredFile = StoredFile> {
  readonly kind: RetentionKind;
  readonly file: File;
  readonly reason: ExpiryReason;
  readonly ageMs: number;
}

/** The server whose id begins a file's name. */
export const serverIdOf = ({ name }: Pick<StoredFile, 'name'>): string => name.split('.', 1)[0] ?? '';

export interface ExpiryCircumstances<File> {
  readonly nowMs: number;
  readonly liveServerIds: ReadonlySet<string>;
  /** Whether a file of a live server is in use. Without it, large files are not offered. */
  isInUse?(file: File): boolean;
}

/**
 * Finds the files of one kind that have expired, newest first, with the reason. The order of `files` does not matter. A file that is kept is
 * also kept when it is checked again without the expired ones.
 */
export function findExpired<File extends StoredFile>(
  files: readonly File[],
  rule: RetentionRule,
  { nowMs, liveServerIds, isInUse }: ExpiryCircumstances<File>,
): Expiry<File>[] {
  const isOfLiveServer = (file: File) => rule.sparesLiveServers === true && liveServerIds.has(serverIdOf(file));
  const isOffered = (file: File) =>
    isInUse !== undefined && file.sizeBytes > (rule.largeBytes ?? Infinity) && !(isOfLiveServer(file) && isInUse(file));
  const isSpared = (file: File) => isOfLiveServer(file) && !isOffered(file);
  const spared = files.filter(isSpared);
  let count = spared.length;
  let totalBytes = spared.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const others = files.filter((file) => !isSpared(file)).sort(newestFirst);
  return others.flatMap((file) => {
    const ageMs = Math.max(0, nowMs - file.modifiedAtMs);
    if (isOffered(file)) return [{ kind: rule.kind, file, reason: 'large', ageMs }];
    count += 1;
    totalBytes += file.sizeBytes;
    const reason = reasonFor(rule, { ageMs, count, totalBytes });
    return reason === null ? [] : [{ kind: rule.kind, file, reason, ageMs }];
  });
}

/** Orders files of the same time by path, so that several servers decide the same. */
function newestFirst(a: StoredFile, b: StoredFile): number {
  return b.modifiedAtMs - a.modifiedAtMs || (a.path < b.path ? 1 : -1);
}

function reasonFor(
  { maxAgeMs, maxFiles = Infinity, maxTotalBytes = Infinity }: RetentionRule,
  { ageMs, count, totalBytes }: { ageMs: number; count: number; totalBytes: number },
): ExpiryReason | null {
  if (ageMs > maxAgeMs) return 'too_old';
  if (count > maxFiles) return 'too_many';
  return totalBytes > maxTotalBytes ? 'too_large' : null;
}
