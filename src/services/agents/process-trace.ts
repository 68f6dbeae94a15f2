import { appendFile } from 'node:fs/promises';
import { foldSnapshot, type TraceDigest, type TraceFold } from '../../domain/agent-session/trace-digest.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import { startTimer } from '../../domain/timers.ts';
import { showsOurPids } from '../platform/process-identity.ts';
import { createSnapshotReader } from './read-process-snapshot.ts';

/** The traces of all sessions of a server, on Linux; elsewhere no process is seen. */
export interface ProcessTraces {
  /** Begins the trace of a session. @param files where it is written, once there is something to write */
  begin(files: TraceFiles): ProcessTrace;
}

export interface TraceFiles {
  /** A snapshot a line. */
  readonly trace: string;
  /** What was unusual. */
  readonly anomalies: string;
}

/**
 * Snapshots of the processes of one session, one process after another: of the agents themselves, not of what they start. It is a diagnosis and never
 * fails: what cannot be seen or written is left out.
 */
export interface ProcessTrace {
  /** Takes a snapshot now and in each interval, until the process is over or another one is followed. */
  follow(process: { readonly pid: number; readonly over: Promise<unknown> }): void;
  /** Takes no more. @returns what was seen, once it is written; null: nothing was */
  finish(): Promise<TraceDigest | null>;
}

export interface ProcessTracesOptions {
  readonly isEnabled: boolean;
  readonly intervalMs: number;
  readonly procDir?: string;
}

/** Of each session: some ten thousand snapshots. */
const mostTraceBytes = 4 * 1_048_576;
const mostAnomalyBytes = 1_048_576;

export function createProcessTraces({ isEnabled, intervalMs, procDir = '/proc' }: ProcessTracesOptions): ProcessTraces {
  /** What takes a snapshot of each process that is followed. */
  const followed = new Set<() => void>();
  let isTimed = false;

  const takeAll = async () => {
    for (const take of [...followed]) {
      if (followed.has(take)) take();
      // A snapshot blocks the event loop; fifty in a row would do so for long.
      await new Promise((resolve) => setImmediate(resolve));
    }
    isTimed = false;
    schedule();
  };
  const schedule = () => {
    if (isTimed || followed.size === 0) return;
    isTimed = true;
    startTimer(takeAll, intervalMs);
  };

  return {
    begin(files) {
      if (!isEnabled || !showsOurPids(procDir)) return nothingSeen;
      const trace = createBoundedLines(files.trace, mostTraceBytes);
      const anomalies = createBoundedLines(files.anomalies, mostAnomalyBytes);
      let fold: TraceFold | null = null;
      let lastAtMs = 0;
      let stop = () => {};

      return {
        follow({ pid, over }) {
          stop();
          const read = createSnapshotReader(pid, procDir);
          const take = () => {
            // The clock may go back.
            const atMs = Math.max(Date.now(), lastAtMs + 1);
            const snapshot = read(atMs);
            if (snapshot === null) return;
            lastAtMs = atMs;
            const line = { ts: snapshot.captured_at, seq: fold?.digest.snapshots ?? 0 };
            const next = foldSnapshot(fold, pid, snapshot);
            fold = next.fold;
            trace.append({ ...line, event: 'snapshot', pid, ...snapshot });
            for (const { kind, severity, detail } of next.anomalies)
              anomalies.append({ ...line, event: 'anomaly', kind, severity, pid, detail, snapshot });
          };
          stop = () => followed.delete(take);
          void over.then(() => followed.delete(take));
          followed.add(take);
          schedule();
          take();
        },
        async finish() {
          stop();
          await Promise.all([trace.whenWritten(), anomalies.whenWritten()]);
          return fold?.digest ?? null;
        },
      };
    },
  };
}

const nothingSeen: ProcessTrace = {
  follow: () => undefined,
  finish: () => Promise.resolve(null),
};

/** Appends objects to a file, one a line, up to a size. Makes the file for the first one. */
function createBoundedLines(path: string, mostBytes: number) {
  let sizeBytes = 0;
  let writing: Promise<unknown> = Promise.resolve();
  return {
    append(object: object) {
      const line = `${encodeJson(object)}\n`;
      sizeBytes += Buffer.byteLength(line);
      if (sizeBytes > mostBytes) return;
      writing = writing.then(() => appendFile(path, line, { mode: 0o600 })).catch(() => undefined);
    },
    whenWritten: () => writing,
  };
}
