import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { errorCodeOf } from '../../platform/error-code.ts';
import { writeFileAtomically } from '../../platform/files.ts';
import { parseObject } from './parse-object.ts';
import { type Line, readLines } from './read-lines.ts';

const lineFeed = Buffer.from('\n');

/**
 * Takes the lines of sessions that are not kept out of the index, as a whole. What is not a line of a session stays, byte by
 * byte. Holds what stays. To be called under the lock.
 */
export async function rewriteIndex(
  indexFile: string,
  isKept: (dirName: string) => boolean,
  signal: AbortSignal,
): Promise<void> {
  const index = await openIfThere(indexFile);
  if (index === null) return;
  const staying: Buffer[] = [];
  let dropped = 0;
  try {
    for await (const lines of readLines(index, Number.POSITIVE_INFINITY, signal)) {
      for (const line of lines) {
        if (line !== null && stays(line, isKept)) staying.push(line, lineFeed);
        else dropped += 1;
      }
    }
  } finally {
    await index.close();
  }
  if (dropped > 0) await writeFileAtomically(indexFile, Buffer.concat(staying));
}

function stays(line: Line, isKept: (dirName: string) => boolean): boolean {
  const dirName = parseObject(line)?.dir_name;
  return typeof dirName !== 'string' || isKept(dirName);
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (thrown) {
    if (errorCodeOf(thrown) === 'ENOENT') return null;
    throw thrown;
  }
}
