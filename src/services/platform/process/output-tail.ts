import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { OutputTail } from '../../../domain/child-process.ts';

/** Reads at most the last `limitBytes` of a file, from the beginning of a line if one begins there, without ever holding more. */
export function readOutputTail(path: string, limitBytes: number): OutputTail {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const sizeBytes = fstatSync(fd).size;
    const from = Math.max(0, sizeBytes - limitBytes);
    const bytes = Buffer.alloc(sizeBytes - from);
    let filled = 0;
    for (let read = -1; read !== 0 && filled < bytes.length; filled += read)
      read = readSync(fd, bytes, filled, bytes.length - filled, from + filled);
    const begin = from === 0 ? 0 : wholeFrom(bytes);
    return { text: bytes.toString('utf8', begin, filled), sizeBytes, cutBytes: from + begin };
  } finally {
    closeSync(fd);
  }
}

/** Past the rest of a line, unless that is most of what there is; else past the rest of a character. */
function wholeFrom(bytes: Buffer): number {
  const lineEnd = bytes.indexOf('\n');
  if (lineEnd !== -1 && lineEnd < bytes.length / 2) return lineEnd + 1;
  let at = 0;
  while (at < bytes.length && at < 4 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at += 1;
  return at;
}
