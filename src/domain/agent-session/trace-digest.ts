import { type Anomaly, type AnomalyMemory, findAnomalies } from './find-anomalies.ts';
import { fdRatioOf, type ProcessSnapshot } from './process-snapshot.ts';

/** What the snapshots of a session's processes show together. null: unknown. */
export interface TraceDigest {
  readonly snapshots: number;
  readonly anomalies: number;
  readonly peakRssKb: number;
  readonly peakOomScore: number | null;
  /** Open files as a share of their limit. */
  readonly peakFdRatio: number | null;
  /** What the latest process was called once it had started. */
  readonly trackedComm: string;
  /** Whether a process had another name later. */
  readonly hasDrifted: boolean;
}

/** The digest of the snapshots so far, and what the next one needs. */
export interface TraceFold {
  readonly pid: number;
  readonly memory: AnomalyMemory;
  readonly digest: TraceDigest;
}

/** Adds the next snapshot of a session; one of another process begins anew what is compared. @param fold null: it is the first */
export function foldSnapshot(
  fold: TraceFold | null,
  pid: number,
  snapshot: ProcessSnapshot,
): { readonly fold: TraceFold; readonly anomalies: readonly Anomaly[] } {
  const { memory, anomalies } = findAnomalies(fold?.pid === pid ? fold.memory : null, snapshot);
  const digest = fold?.digest;
  return {
    anomalies,
    fold: {
      pid,
      memory,
      digest: {
        snapshots: (digest?.snapshots ?? 0) + 1,
        anomalies: (digest?.anomalies ?? 0) + anomalies.length,
        peakRssKb: Math.max(digest?.peakRssKb ?? 0, snapshot.vm_rss_kb),
        peakOomScore: higherOf(digest?.peakOomScore ?? null, snapshot.oom_score),
        peakFdRatio: higherOf(digest?.peakFdRatio ?? null, fdRatioOf(snapshot)),
        trackedComm: memory.started.comm,
        hasDrifted: digest?.hasDrifted === true || memory.hasDrifted,
      },
    },
  };
}

const higherOf = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.max(one, other);
