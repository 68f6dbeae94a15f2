import { timestampSchema } from '../../../domain/failure-record.schema.ts';
import type { JsonObject } from '../../../domain/json-object.ts';

/** A summary of a trace; undefined where the trace does not show it. */
export interface TraceDigest {
  readonly snapshots: number;
  /** Lines that are not JSON objects, such as an unfinished last one. */
  readonly leftOutLines: number;
  readonly lastCapturedAt: string | undefined;
  readonly peakRssKb: number | undefined;
  readonly peakOomScore: number | undefined;
  /** Open descriptors as a share of the soft limit. */
  readonly peakFdRatio: number | undefined;
  /** The enrolled program, else that of the first snapshot. */
  readonly trackedComm: string | undefined;
  /** Whether a snapshot shows another program. */
  readonly hasDrifted: boolean | undefined;
}

export const emptyDigest = (enrolledComm: string): TraceDigest => ({
  snapshots: 0,
  leftOutLines: 0,
  lastCapturedAt: undefined,
  peakRssKb: undefined,
  peakOomScore: undefined,
  peakFdRatio: undefined,
  trackedComm: enrolledComm === '' ? undefined : enrolledComm,
  hasDrifted: undefined,
});

export function withSnapshot(digest: TraceDigest, snapshot: JsonObject): TraceDigest {
  const capturedAt = timestampSchema.safeParse(snapshot.captured_at);
  const comm = typeof snapshot.comm === 'string' ? snapshot.comm : undefined;
  const trackedComm = digest.trackedComm ?? comm;
  return {
    ...digest,
    snapshots: digest.snapshots + 1,
    lastCapturedAt: capturedAt.success ? capturedAt.data : digest.lastCapturedAt,
    peakRssKb: higherOf(digest.peakRssKb, snapshot.vm_rss_kb),
    peakOomScore: higherOf(digest.peakOomScore, snapshot.oom_score),
    peakFdRatio: higherOf(digest.peakFdRatio, ratioOf(snapshot.fd_count, snapshot.fd_soft_limit)),
    trackedComm,
    hasDrifted: comm === undefined ? digest.hasDrifted : digest.hasDrifted === true || comm !== trackedComm,
  };
}

function higherOf(peak: number | undefined, value: unknown): number | undefined {
  return typeof value === 'number' && (peak === undefined || value > peak) ? value : peak;
}

function ratioOf(count: unknown, limit: unknown): number | undefined {
  return typeof count === 'number' && typeof limit === 'number' && limit > 0 ? count / limit : undefined;
}
