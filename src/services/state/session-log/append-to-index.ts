import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../../domain/app-error.ts';
import { syncFolder } from '../../platform/sync-folder.ts';
import type { IndexEntry } from './describe-crash.ts';
import { parseObject } from './parse-object.ts';
import { readLines } from './read-lines.ts';

const { O_RDWR, O_CREAT, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;
const maxLineBytes = 1024 * 1024;

/** Appends a line to the index and syncs it, unless there is one for the same folder. To be called under the lock. */
export async function appendToIndex(indexFile: string, entry: IndexEntry, signal: AbortSignal): Promise<void> {
  const index = await open(indexFile, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, 0o600);
  try {
    const stats = await index.stat();
    if (!stats.isFile()) {
      throw new AppError('unavailable', `${indexFile} is not a regular file; move it away.`, {
        details: { path: indexFile },
      });
    }
    if (!(await hasEntry(index, entry.dir_name, signal))) {
      // A server that was killed may have left a line without its end.
      const separator = (await endsWithNewline(index, stats.size)) ? '' : '\n';
      await index.appendFile(`${separator}${JSON.stringify(entry)}\n`);
    }
    await index.sync();
  } finally {
    await index.close();
  }
  await syncFolder(dirname(indexFile));
}

async function hasEntry(index: FileHandle, dirName: string, signal: AbortSignal): Promise<boolean> {
  for await (const lines of readLines(index, maxLineBytes, signal)) {
    if (lines.some((line) => line?.includes(dirName) && parseObject(line)?.dir_name === dirName)) return true;
  }
  return false;
}

async function endsWithNewline(index: FileHandle, sizeBytes: number): Promise<boolean> {
  if (sizeBytes === 0) return true;
  const { buffer } = await index.read(Buffer.alloc(1), 0, 1, sizeBytes - 1);
  return buffer[0] === 0x0a;
}
