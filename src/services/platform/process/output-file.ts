import { closeSync, constants, fstatSync, ftruncate, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { OutputTail } from '../../../domain/child-process.ts';
import { jsonSizeBytes } from '../../../domain/json-size.ts';
import { cannotWriteState } from '../cannot-write.ts';
import { makeFolderSync } from '../make-folder.ts';
import { removeQuietly } from '../remove-quietly.ts';
import { unlessMissingSync } from '../unless-missing.ts';
import type { ProcessOutput } from './child-processes.ts';

/**
 * A file that programs append to. Reading uses the open descriptor, whatever a program does with the name. Programs write to it
 * directly, so they never wait for us.
 */
export interface OutputFile {
  readonly fd: number;
  /** How much was written in all; at least so much once the middle was dropped. */
  sizeBytes(): number;
  /** The last bytes, from the start of a line where one starts there. Holds no more than the limit. */
  tail(limitBytes: number): OutputTail;
  /**
   * Drops the middle if more than this is kept. What a program writes meanwhile is lost and not counted.
   * @returns settles when it is dropped: for a file that a program writes to, that can take the system a second. null: there is nothing to do, or it
   * is being done. Rejects with Node's own errors
   */
  dropMiddle(keptBytes: number): Promise<void> | null;
  /**
   * Returns the tail and closes the file, which stays only if it holds more than that. Where the middle was dropped, a line in the file
   * says so, between the head and the tail.
   */
  take(tailBytes: number, keptBytes: number, tailJsonBytes?: number): Promise<ProcessOutput>;
  /** Closes the file and removes it. Twice is safe. */
  discard(): void;
}

/** The end is kept in memory while its program runs: at most this much, and at most a quarter of what is kept. */
const longestEndBytes = 4 * 1_024 ** 2;

/** @throws AppError `unavailable`, naming the path */
export function createOutputFile(path: string): OutputFile {
  const fd = openNew(path);
  /** The output is the head in the file, what was dropped, the end in memory, and what follows the head in the file. */
  let headBytes = 0;
  let droppedBytes = 0;
  let end: Buffer = Buffer.alloc(0);
  let bytesBeforeDrop = 0;
  let isCountExact = true;
  /** Settles when the file is cut down to its head; until then it counts as if it were. */
  let cutting: Promise<void> | null = null;
  const fileBytes = () => {
    if (cutting !== null) return headBytes;
    const { size } = fstatSync(fd);
    if (size < headBytes) {
      // A program has emptied the file itself: all that is there now is new.
      droppedBytes += headBytes;
      headBytes = 0;
      isCountExact = false;
    }
    return size;
  };

  /** A program that does not append goes on where it was; until there the file has a hole. */
  const hasHole = (size: number) => droppedBytes > 0 && size >= bytesBeforeDrop && isEmptyAt(fd, headBytes);
  const newFrom = (size: number) => (hasHole(size) ? bytesBeforeDrop : Math.min(headBytes, size));
  const sizeIn = (size: number) => headBytes + droppedBytes + end.length + size - newFrom(size);

  /** The last bytes, none from before what was dropped. */
  const last = (limitBytes: number, size: number): Buffer => {
    const bytes = readRange(fd, Math.max(newFrom(size), size - limitBytes), size);
    return bytes.length < limitBytes ? lastOf([end, bytes], limitBytes) : bytes;
  };

  const dropMiddle = (keptBytes: number): Promise<void> | null => {
    if (cutting !== null) return null;
    let size = fileBytes();
    const sizeSeen = size;
    const sizeBefore = sizeIn(size);
    if (sizeBefore - droppedBytes <= keptBytes) return null;
    const endBytes = Math.min(longestEndBytes, Math.floor(keptBytes / 4));
    const wantedHead = keptBytes - 2 * endBytes;
    const head = droppedBytes === 0 ? wantedHead : Math.min(headBytes, wantedHead);
    const parts = [last(endBytes, size)];
    // Reading takes a moment, in which a program may write its last words. Nothing slow may come between this and the truncation.
    for (let now = fileBytes(); now > size && parts.length < mostParts; now = fileBytes()) {
      parts.push(readRange(fd, Math.max(size, now - endBytes), now));
      size = now;
    }
    const cut = truncate(fd, head);
    const newEnd = lastOf(parts, endBytes);
    const dropped = sizeBefore + size - sizeSeen - head - newEnd.length;
    [headBytes, droppedBytes, end, bytesBeforeDrop] = [head, dropped, newEnd, size];
    cutting = cut.finally(() => {
      cutting = null;
    });
    return cutting;
  };

  const tail = (limitBytes: number): OutputTail => {
    const size = fileBytes();
    const sizeBytes = sizeIn(size);
    // The byte before the tail shows whether a line starts with it.
    const bytes = last(limitBytes + 1, size);
    const start = sizeBytes <= limitBytes ? 0 : startOfText(bytes);
    return { text: bytes.toString('utf8', start), sizeBytes, truncatedBytes: sizeBytes - bytes.length + start };
  };

  const tailWithin = (limitBytes: number, jsonBytes: number): OutputTail => {
    const taken = tail(limitBytes);
    const sizeBytes = jsonSizeBytes(taken.text);
    return sizeBytes <= jsonBytes ? taken : tailWithin(Math.floor((limitBytes * jsonBytes) / sizeBytes), jsonBytes);
  };

  let isOpen = true;
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    const closeNow = () => closeSync(fd);
    // Else another file could get the number of the descriptor, and be cut.
    if (cutting === null) closeNow();
    else void cutting.then(closeNow, closeNow);
  };
  const discard = () => {
    close();
    removeQuietly(path);
  };

  /** Writes the end behind the head. @returns whether there was room for it */
  const join = (): boolean => {
    const size = fileBytes();
    const rest = last(Infinity, size);
    try {
      ftruncateSync(fd, Math.min(headBytes, size));
      writeWhole(fd, Buffer.from(leftOutLine({ bytes: droppedBytes, isExact: isCountExact })));
      writeWhole(fd, rest);
      return true;
    } catch {
      // The disk is full. The result says that no file was kept.
      return false;
    }
  };

  return {
    fd,
    sizeBytes: () => sizeIn(fileBytes()),
    tail,
    discard,
    dropMiddle(keptBytes) {
      const dropped = dropMiddle(keptBytes);
      if (dropped !== null) isCountExact = false;
      return dropped;
    },
    async take(tailBytes, keptBytes, tailJsonBytes = Number.POSITIVE_INFINITY) {
      await cutting;
      const taken = tailWithin(tailBytes, tailJsonBytes);
      if (taken.truncatedBytes === 0) {
        discard();
        return { ...taken, file: null };
      }
      await dropMiddle(keptBytes);
      if (droppedBytes === 0) {
        close();
        return { ...taken, file: path };
      }
      const isKept = join();
      if (isKept) close();
      else discard();
      const bytes = isKept ? droppedBytes : taken.truncatedBytes;
      return { ...taken, file: isKept ? path : null, dropped: { bytes, isExact: isCountExact } };
    },
  };
}

/** What stands in the file of an output in place of the bytes that were dropped. */
export const leftOutLine = ({ bytes, isExact }: NonNullable<ProcessOutput['dropped']>): string =>
  `\n[… ${isExact ? '' : 'at least '}${bytes} bytes are left out here]\n`;

const truncate = promisify(ftruncate);

/** A program that writes faster than we read is not caught up with. */
const mostParts = 8;

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

function readRange(fd: number, from: number, to: number): Buffer {
  const bytes = Buffer.alloc(Math.max(0, to - from));
  let filled = 0;
  for (let read = -1; read !== 0 && filled < bytes.length; filled += read)
    read = readSync(fd, bytes, filled, bytes.length - filled, from + filled);
  return bytes.subarray(0, filled);
}

/** A copy, so that the memory of the rest can be freed. */
function lastOf(parts: readonly Buffer[], limitBytes: number): Buffer {
  const bytes = Buffer.concat(parts);
  return bytes.length <= limitBytes ? bytes : Buffer.from(bytes.subarray(bytes.length - limitBytes));
}

const probeBytes = 64;

const isEmptyAt = (fd: number, position: number): boolean =>
  readRange(fd, position, position + probeBytes).every((byte) => byte === 0);

function writeWhole(fd: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(fd, bytes, written);
}

const lineFeed = 0x0a;

/** Skips the rest of a line, unless that is more than half; else the rest of a character. */
function startOfText(bytes: Buffer): number {
  const lineEnd = bytes.indexOf(lineFeed);
  if (lineEnd !== -1 && lineEnd < bytes.length / 2) return lineEnd + 1;
  let at = 1;
  while (at < bytes.length && at < 4 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at += 1;
  return at;
}
