import { closeSync, constants, fstatSync, lstatSync, openSync, type Stats, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolderSync } from '../platform/make-folder.ts';
import { rotateLog } from './rotate-log.ts';

export interface LogFileOptions {
  readonly path: string;
  /** The file is rotated before it would grow beyond this. */
  readonly maxBytes: number;
  /** How many rotated files are kept: `path.1` is the newest of them. */
  readonly keep: number;
}

/** A log file that several servers append to. */
export interface LogFile {
  readonly path: string;
  /** Appends one line with one write, to the file that has the name now. Throws what the disk throws. */
  append(line: string): void;
  /** Never throws; the next line opens the file again. */
  close(): void;
}

interface OpenLog {
  readonly fd: number;
  readonly stats: Stats;
}

// Opening a pipe in the file's place fails at once instead of waiting for a reader.
const openFlags =
  constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export function openLogFile(options: LogFileOptions): LogFile {
  const { path, maxBytes } = options;
  let open: OpenLog | null = null;

  const close = (): void => {
    const closing = open;
    open = null;
    try {
      if (closing !== null) closeSync(closing.fd);
    } catch {
      // It is closed already.
    }
  };

  const reopen = (): OpenLog => {
    close();
    const fd = openSync(path, openFlags, 0o600);
    const stats = fstatSync(fd);
    open = { fd, stats };
    if (!stats.isFile()) throw new Error(`${path} is not a regular file`);
    if (stats.uid !== (process.getuid?.() ?? stats.uid)) throw new Error(`${path} belongs to another user`);
    return open;
  };

  const current = () => {
    const named = lstatSync(path, { throwIfNoEntry: false });
    if (named === undefined) makeFolderSync(dirname(path));
    if (open !== null && named?.ino === open.stats.ino && named.dev === open.stats.dev)
      return { fd: open.fd, sizeBytes: named.size };
    const { fd, stats } = reopen();
    return { fd, sizeBytes: stats.size };
  };

  return {
    path,
    append(line) {
      const bytes = Buffer.from(line);
      let { fd, sizeBytes } = current();
      if (sizeBytes > 0 && sizeBytes + bytes.length > maxBytes) {
        rotateLog({ ...options, inode: fstatSync(fd).ino });
        fd = current().fd;
      }
      writeWhole(fd, bytes);
    },
    close,
  };
}

/** A full disk takes only a part of the line; the second write then throws. */
function writeWhole(fd: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(fd, bytes, written);
}
