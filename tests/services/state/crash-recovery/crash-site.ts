import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { inject, onTestFinished } from 'vitest';
import type { Enrollment } from '../../../../src/domain/enrollment.schema.ts';
import { type StateFolder, stateFolderAt } from '../../../../src/domain/state-folder.ts';
import { readOwnUid } from '../../../../src/services/platform/own-uid.ts';
import { isSameProcessAlive, readProcessIdentity } from '../../../../src/services/platform/process-identity.ts';
import { recoverCrashedSessions } from '../../../../src/services/state/crash-recovery/recover-crashed-sessions.ts';
import type { Recovery, RecoveryOptions } from '../../../../src/services/state/crash-recovery/recovery-options.ts';
import { createSessionLog } from '../../../../src/services/state/session-log/session-log.ts';
import { tempFolder } from '../../../doubles/temp-folder.ts';
import type { RecoveryReport, RecoveryScript } from '../../../fixtures/recovery-process.ts';

export const bootId = readProcessIdentity(process.pid).bootId;

/** Beyond the highest pid of the system. */
export const aDeadPid = 2 ** 22 + 100;

/** A tmpfs folder and a state folder for one test. */
export interface CrashSite {
  readonly tmpfsDir: string;
  readonly stateFolder: StateFolder;
}

export function aCrashSite(): CrashSite {
  const dir = tempFolder();
  mkdirSync(`${dir}/shm`);
  return { tmpfsDir: `${dir}/shm`, stateFolder: stateFolderAt(`${dir}/state`) };
}

export function anEnrollment(changes: Partial<Enrollment> = {}): Enrollment {
  return {
    schema_version: 2,
    pid: aDeadPid,
    boot_id: bootId ?? 'no boot',
    starttime_ticks: 4_711,
    session_id: 'session-a',
    enrolled_at: new Date(Date.now() - 3_600_000).toISOString(),
    kitchen_id: 'kitchen-1',
    order_id: 'order-7',
    comm: 'claude',
    ...changes,
  };
}

export const aSnapshot = (changes: object = {}): object => ({
  captured_at: new Date(Date.now() - 60_000).toISOString(),
  comm: 'claude',
  state: 'S',
  vm_rss_kb: 1_000,
  threads: 9,
  fd_count: 20,
  fd_soft_limit: 1_000,
  oom_score: 3,
  cpu_percent: 1.5,
  ...changes,
});

export interface Planted {
  readonly enrollment?: Partial<Enrollment>;
  /** The text of the trace; two snapshots by default. */
  readonly trace?: string;
  readonly traceAgeMs?: number;
  /** The servers that have claimed the files; null for none. */
  readonly claimedBy?: { readonly enrollment: string | null; readonly trace: string | null };
}

/** Writes the files of a session as the session would, or as a server that has claimed them would. @returns its enrollment */
export function plantSession({ tmpfsDir }: CrashSite, planted: Planted = {}): Enrollment {
  const enrollment = anEnrollment(planted.enrollment);
  const { trace = `${JSON.stringify(aSnapshot())}\n`.repeat(2), traceAgeMs = 31_000, claimedBy } = planted;
  const prefixFor = (owner: string | null | undefined) =>
    `${tmpfsDir}/${owner ? `.maitred_claimed_${owner}` : 'maitred'}`;
  const tracePath = `${prefixFor(claimedBy?.trace)}_trace_${enrollment.pid}.jsonl`;
  const enrollmentPath = `${prefixFor(claimedBy?.enrollment)}_enrollment_${enrollment.pid}.json`;
  writeFileSync(enrollmentPath, JSON.stringify(enrollment), { mode: 0o600 });
  writeFileSync(tracePath, trace, { mode: 0o600 });
  const writtenAt = (Date.now() - traceAgeMs) / 1_000;
  utimesSync(tracePath, writtenAt, writtenAt);
  return enrollment;
}

/** Recovers in this process, as the only live server. */
export function recover(
  { tmpfsDir, stateFolder }: CrashSite,
  changes: Partial<RecoveryOptions> = {},
): Promise<Recovery> {
  const { serverId = 'me', isServerAlive = (id: string) => id === serverId } = changes;
  return recoverCrashedSessions({
    tmpfsDir,
    ownUid: readOwnUid(),
    serverId,
    isServerAlive,
    ensureServerRecord: () => undefined,
    isSameProcessAlive,
    bootId,
    sessionLog: createSessionLog({ folder: stateFolder, serverId, isServerAlive }),
    signal: new AbortController().signal,
    report: () => undefined,
    ...changes,
  });
}

type Script = Omit<RecoveryScript, 'tmpfsDir' | 'stateDir'>;

const lineOf = ({ tmpfsDir, stateFolder }: CrashSite, script: Script): string =>
  `${JSON.stringify({ ...script, tmpfsDir, stateDir: stateFolder.dir })}\n`;

/** Starts another process that recovers once, as the script prescribes. */
export const startRecovery = (site: CrashSite, script: Script) =>
  execa(process.execPath, [inject('recoveryProcess')], { input: lineOf(site, script), reject: false });

/** Another process, which recovers each time that it is asked; ends with the test. */
export interface RecoveryProcess {
  recover(site: CrashSite, script: Script): Promise<RecoveryReport>;
}

export async function aRecoveryProcess(): Promise<RecoveryProcess> {
  const child = spawn(process.execPath, [inject('recoveryProcess')], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  return {
    async recover(site, script) {
      child.stdin.write(lineOf(site, script));
      return reportOf({ stdout: (await lines.next()).value ?? '' });
    },
  };
}

export const reportOf = ({ stdout }: { readonly stdout: string }): RecoveryReport =>
  JSON.parse(stdout.split('\n').at(-1) ?? '') as RecoveryReport;

/** The files after a recovery. */
export interface SiteFiles {
  readonly tmpfs: readonly string[];
  /** Finished folders of sessions. */
  readonly dirs: readonly string[];
  readonly hidden: readonly string[];
  /** Folders that the lines of the index name; a line that cannot be read is left out. */
  readonly index: readonly string[];
}

export function readSite({ tmpfsDir, stateFolder }: CrashSite): SiteFiles {
  const names = namesIn(stateFolder.sessionsDir);
  const inLogs = namesIn(stateFolder.logsDir).filter((name) => name !== 'sessions' && name !== 'sessions.jsonl');
  return {
    tmpfs: namesIn(tmpfsDir),
    dirs: names.filter((name) => !name.startsWith('.')),
    hidden: [...names.filter((name) => name.startsWith('.')), ...inLogs],
    index: indexLines({ stateFolder }).map(({ dir_name }) => String(dir_name)),
  };
}

function indexLines({ stateFolder }: Pick<CrashSite, 'stateFolder'>): Record<string, unknown>[] {
  const lines = textOf(stateFolder.sessionIndexFile).split('\n');
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as Record<string, unknown>];
    } catch {
      return [];
    }
  });
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir).sort();
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const isLongRun = process.env.MAITRED_EVERY_STEP === '1';
const strideOfShortRuns = 4;
const strideOfShortKills = 16;

/** The steps before which a recovery is stopped: all of them in `npm run test:long`, else the first, the last and each fourth. */
export function stepsToTry(steps: number): number[] {
  const all = Array.from({ length: steps }, (_, index) => index + 1);
  if (isLongRun) return all;
  return all.filter((step) => step % strideOfShortRuns === 1 || step === steps);
}

/** Whether the process is really killed: each time in `npm run test:long`, else sometimes, as each time takes a new process. */
export const isKilledBefore = (step: number): boolean => isLongRun || step % strideOfShortKills === 1;
