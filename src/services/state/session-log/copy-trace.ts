import { open } from 'node:fs/promises';
import { encodeJson } from '../../../domain/encode-json.ts';
import type { Enrollment } from '../../../domain/enrollment.schema.ts';
import { timestampSchema } from '../../../domain/failure-record.schema.ts';
import { type JsonObject, parseJsonObject } from '../../../domain/json-object.ts';
import { type ReadableFile, readLines } from '../../platform/read-lines.ts';

/** A summary of a trace; undefined where the trace does not show it. */
export interface TraceDigest {
  readonly snapshots: number;
  /** Lines that are not JSON objects, such as an unfinished last one. */
  readonly leftOutLines: number;
  readonly lastCapturedAt?: string | undefined;
  readonly peakRssKb?: number | undefined;
  readonly peakOomScore?: number | undefined;
  /** Open descriptors as a share of the soft limit. */
  readonly peakFdRatio?: number | undefined;
  /** The enrolled program, else that of the first snapshot. */
  readonly trackedComm?: string | undefined;
  /** Whether a snapshot shows another program. */
  readonly hasDrifted?: boolean | undefined;
}

const maxLineBytes = 1024 * 1024;

/** Copies the snapshots of a trace to a new file, synced, one a line. */
export async function copyTrace(
  trace: ReadableFile,
  path: string,
  { pid, comm }: Pick<Enrollment, 'pid' | 'comm'>,
  signal: AbortSignal,
): Promise<TraceDigest> {
  let digest: TraceDigest = { snapshots: 0, leftOutLines: 0, trackedComm: comm || undefined };
  const copy = await open(path, 'wx', 0o600);
  try {
    for await (const lines of readLines(trace, maxLineBytes, signal)) {
      let text = '';
      for (const line of lines) {
        const snapshot = line === null ? null : parseJsonObject(line.toString());
        if (snapshot === null) {
          digest = { ...digest, leftOutLines: digest.leftOutLines + 1 };
          continue;
        }
        const ours = { ts: snapshot.captured_at, seq: digest.snapshots, event: 'snapshot', pid };
        // Our keys come first, and no key of the snapshot replaces them.
        text += `${encodeJson({ ...ours, ...snapshot, ...ours })}\n`;
        digest = withSnapshot(digest, snapshot);
      }
      await copy.appendFile(text);
    }
    await copy.sync();
  } finally {
    await copy.close();
  }
  return digest;
}

function withSnapshot(digest: TraceDigest, snapshot: JsonObject): TraceDigest {
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
