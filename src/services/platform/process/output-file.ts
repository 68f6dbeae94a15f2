import { closeSync, constants, fstatSync, openSync, readSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { OutputTail } from '../../../domain/child-process.ts';
import { cannotWriteState } from '../cannot-write.ts';
import { makeFolderSync } from '../make-folder.ts';
import { removeQuietly } from '../remove-quietly.ts';
import { unlessMissingSync } from '../unless-missing.ts';
import type { ProcessOutput } from './child-processes.ts';

/** A file that programs append to. Reading uses the open descriptor, whatever a program does with the name. */
export interface OutputFile {
  readonly fd: number;
  sizeBytes(): number;
  /** The last bytes, from the start of a line where one starts there. Holds no more than the limit. */
  tail(limitBytes: number): OutputTail;
  /** Returns the tail and closes the file, which is kept only if it holds more than that. */
  take(tailBytes: number): ProcessOutput;
  /** Closes the file and removes it. Twice is safe. */
  discard(): void;
}

/** @throws AppError `unavailable`, naming the path */
export function createOutputFile(path: string): OutputFile {
  const fd = openNew(path);
  const sizeBytes = () => fstatSync(fd).size;
  const tail = (limitBytes: number) => readTail(fd, sizeBytes(), limitBytes);
  let isOpen = true;
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    closeSync(fd);
  };
  const discard = () => {
    close();
    removeQuietly(path);
  };
  return {
    fd,
    sizeBytes,
    tail,
    discard,
    take(tailBytes) {
      const taken = tail(tailBytes);
      if (taken.truncatedBytes > 0) close();
      else discard();
      return { ...taken, file: taken.truncatedBytes > 0 ? path : null };
    },
  };
}

/** Whether the disk has no room for output: some of what programs wrote may be missing then. */
export function isDiskFull(outputDir: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(outputDir);
    return bavail * bsize < leastRoomBytes;
  } catch {
    // Unknown. Without the folder there is no output to check.
    return false;
  }
}

const leastRoomBytes = 4_096;

function openNew(path: string): number {
  const { O_RDWR, O_CREAT, O_EXCL, O_APPEND } = constants;
  const open = () => openSync(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND, 0o600);
  try {
    const fd = unlessMissingSync(open);
    if (fd !== null) return fd;
    makeFolderSync(dirname(path));
    return open();
  } catch (thrown) {
    throw cannotWriteState(path, thrown);
  }
}

const lineFeed = 0x0a;

function readTail(fd: number, sizeBytes: number, limitBytes: number): OutputTail {
  // The byte before the tail shows whether a line starts with it.
  const from = Math.max(0, sizeBytes - limitBytes - 1);
  const bytes = Buffer.alloc(sizeBytes - from);
  let filled = 0;
  for (let read = -1; read !== 0 && filled < bytes.length; filled += read)
    read = readSync(fd, bytes, filled, bytes.length - filled, from + filled);
  const start = sizeBytes <= limitBytes ? 0 : startOfText(bytes);
  return { text: bytes.toString('utf8', start, filled), sizeBytes, truncatedBytes: from + start };
}

/** Skips the rest of a line, unless that is more than half; else the rest of a character. */
function startOfText(bytes: Buffer): number {
  const lineEnd = bytes.indexOf(lineFeed);
  if (lineEnd !== -1 && lineEnd < bytes.length / 2) return lineEnd + 1;
  let at = 1;
  while (at < bytes.length && at < 4 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at += 1;
  return at;
}
