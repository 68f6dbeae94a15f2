import type { FileHandle } from 'node:fs/promises';
import { openRegularFile } from '../platform/open-regular-file.ts';
import type { ProcessOutput } from '../platform/process/child-processes.ts';
import { leftOutLine } from '../platform/process/output-file.ts';
import { createHeadAndTail, keptEndBytes } from './head-and-tail.ts';
import type { CapturedBytes } from './scenario-recorder.ts';

/**
 * The beginning and the end of an output: from its file where there is one, byte by byte; else from the text, in which bytes that are not UTF-8 are lost. Where the
 * file cannot be read, only the end is known. Never rejects.
 */
export async function captureOutput(output: ProcessOutput): Promise<CapturedBytes> {
  const { text, file, truncatedBytes } = output;
  const opened = file === null ? null : await openRegularFile(file).catch(() => null);
  if (opened !== null) {
    const { handle, stats } = opened;
    try {
      return withSize(output, await readEnds(handle, stats.size, output.dropped));
    } catch {
      // As if there were no file.
    } finally {
      await handle.close().catch(() => undefined);
    }
  }
  if (truncatedBytes > 0) {
    const tail = Buffer.from(text).subarray(-keptEndBytes);
    return withSize(output, { head: new Uint8Array(0), tail });
  }
  const kept = createHeadAndTail();
  kept.add(Buffer.from(text));
  return kept.take();
}

type Ends = Pick<CapturedBytes, 'head' | 'tail'>;

function withSize({ sizeBytes }: ProcessOutput, { head, tail }: Ends): CapturedBytes {
  return { head, tail, leftOutBytes: Math.max(0, sizeBytes - head.length - tail.length) };
}

/** The line that stands for what was dropped from the middle of the file is in none of the two. */
async function readEnds(handle: FileHandle, sizeBytes: number, dropped: ProcessOutput['dropped']): Promise<Ends> {
  const gap = Buffer.from(dropped === undefined ? '' : leftOutLine(dropped));
  // So much more that the line is in one of them as a whole, or in none.
  const wanted = keptEndBytes + gap.length;
  const isWhole = sizeBytes <= 2 * keptEndBytes + gap.length;
  if (isWhole) {
    const all = await read(handle, 0, sizeBytes);
    const at = gap.length === 0 ? -1 : all.indexOf(gap);
    if (at === -1) return { head: all, tail: new Uint8Array(0) };
    return { head: all.subarray(0, at).subarray(0, keptEndBytes), tail: lastOf(all.subarray(at + gap.length)) };
  }
  const [first, last] = [await read(handle, 0, wanted), await read(handle, sizeBytes - wanted, wanted)];
  if (gap.length === 0) return { head: first, tail: last };
  const [inFirst, inLast] = [first.indexOf(gap), last.lastIndexOf(gap)];
  return {
    head: first.subarray(0, inFirst === -1 ? keptEndBytes : Math.min(inFirst, keptEndBytes)),
    tail: lastOf(inLast === -1 ? last : last.subarray(inLast + gap.length)),
  };
}

const lastOf = (bytes: Buffer): Buffer => bytes.subarray(Math.max(0, bytes.length - keptEndBytes));

async function read(handle: FileHandle, from: number, lengthBytes: number): Promise<Buffer> {
  const bytes = Buffer.alloc(lengthBytes);
  let filled = 0;
  while (filled < lengthBytes) {
    const { bytesRead } = await handle.read(bytes, filled, lengthBytes - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
