import { open } from 'node:fs/promises';
import { parseJsonObject } from '../../../domain/json-object.ts';
import { type ReadableFile, readLines } from '../../platform/read-lines.ts';
import { emptyDigest, type TraceDigest, withSnapshot } from './trace-digest.ts';

const maxLineBytes = 1024 * 1024;

interface TracedProcess {
  readonly pid: number;
  /** The program that was enrolled. */
  readonly comm: string;
}

/** Copies the snapshots of a trace to a new file, synced, one a line. */
export async function copyTrace(
  trace: ReadableFile,
  path: string,
  { pid, comm }: TracedProcess,
  signal: AbortSignal,
): Promise<TraceDigest> {
  let digest = emptyDigest(comm);
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
        text += `${JSON.stringify({ ...ours, ...snapshot, ...ours })}\n`;
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
