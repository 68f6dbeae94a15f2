import { closeSync, constants, fstatSync, mkdirSync, openSync, readSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { OutputTail } from '../../../domain/child-process.ts';
import { cannotWriteState } from '../cannot-write.ts';
import { errorCodeOf } from '../error-code.ts';
import { removeQuietly } from '../remove-quietly.ts';
import type { ProcessOutput } from './child-processes.ts';

/** A file that programs append to. What is read is what was opened, whatever a program does with the name. */
export interface OutputFile {
  readonly fd: number;
  sizeBytes(): number;
  /** At most the last bytes, from the beginning of a line if one begins there; never more is held. */
  tail(limitBytes: number): OutputTail;
  /** Gives the end of what was written back and closes the file, which stays only if it holds more than that. */
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
      if (taken.cutBytes > 0) close();
      else discard();
      return { ...taken, file: taken.cutBytes > 0 ? path : null };
    },
  };
}

/** Whether programs find no more room for what they write: what they have written may not be all. */
export function isDiskFull(outputDir: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(outputDir);
    return bavail * bsize < leastRoomBytes;
  } catch {
    // Nobody can say; a folder that is gone took no output with it that was asked for.
    return false;
  }
}

const leastRoomBytes = 4_096;

function openNew(path: string): number {
  const { O_RDWR, O_CREAT, O_EXCL, O_APPEND } = constants;
  const open = () => openSync(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND, 0o600);
  try {
    return open();
  } catch (thrown) {
    if (errorCodeOf(thrown) !== 'ENOENT') throw cannotWriteState(path, thrown);
  }
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return open();
  } catch (thrown) {
    throw cannotWriteState(path, thrown);
  }
}

const lineFeed = 0x0a;

function readTail(fd: number, sizeBytes: number, limitBytes: number): OutputTail {
  // One byte more tells whether a line begins where the tail does.
  const from = Math.max(0, sizeBytes - limitBytes - 1);
  const bytes = Buffer.alloc(sizeBytes - from);
  let filled = 0;
  for (let read = -1; read !== 0 && filled < bytes.length; filled += read)
    read = readSync(fd, bytes, filled, bytes.length - filled, from + filled);
  const begin = sizeBytes <= limitBytes ? 0 : beginOfText(bytes);
  return { text: bytes.toString('utf8', begin, filled), sizeBytes, cutBytes: from + begin };
}

/** Past the rest of a line, unless that is most of what there is; else past the rest of a character. */
function beginOfText(bytes: Buffer): number {
  const lineEnd = bytes.indexOf(lineFeed);
  if (lineEnd !== -1 && lineEnd < bytes.length / 2) return lineEnd + 1;
  let at = 1;
  while (at < bytes.length && at < 4 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at += 1;
  return at;
}
