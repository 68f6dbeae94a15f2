import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { errorCodeOf } from '../platform/error-code.ts';
import { DatabaseError } from './database-problem.ts';

/** What the files of a database show: its size and journal, and whether another program wrote meanwhile. */
export interface DatabaseFiles {
  readonly sizeBytes: number;
  readonly isWal: boolean;
  readonly isUtf16: boolean;
  /** Changes each time the write-ahead log restarts; null without such a log. */
  readonly walHeader: string | null;
  /** A change is in progress or was not finished. */
  readonly hasJournal: boolean;
  /** Changes with every write, though not during one: it includes the change counter of the header. */
  readonly stamp: string;
}

const headerBytes = 100;
const walHeaderBytes = 32;
/** Offset in the header of the kind of journal. */
const readVersionAt = 19;
const walVersion = 2;
/** Offset in the header of the last byte of the text encoding: 2 and 3 are UTF-16. */
const encodingAt = 59;
const journalMagic = 'd9d505f920a163d7';

// SQLite makes no links. Without O_NONBLOCK, opening a pipe would wait for its other end.
const openFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** @throws DatabaseError `unreadable` */
export function inspectDatabaseFiles(path: string): DatabaseFiles {
  const main = inspectFile(path, headerBytes);
  if (main === null) throw new DatabaseError('unreadable', 'ENOENT');
  const wal = inspectFile(`${path}-wal`, walHeaderBytes);
  const journal = inspectFile(`${path}-journal`, journalMagic.length / 2);
  return {
    sizeBytes: main.sizeBytes + (wal?.sizeBytes ?? 0) + (journal?.sizeBytes ?? 0),
    isWal: main.header[readVersionAt] === walVersion,
    isUtf16: [2, 3].includes(main.header[encodingAt] ?? 0),
    walHeader: wal?.header.length === walHeaderBytes ? wal.header.toString('hex') : null,
    hasJournal: journal?.header.toString('hex') === journalMagic,
    stamp: [main, wal, journal].map((file) => file && `${file.stamp}:${file.header.toString('hex')}`).join(' '),
  };
}

function inspectFile(path: string, length: number): { sizeBytes: number; header: Buffer; stamp: string } | null {
  let fd: number | null = null;
  try {
    fd = openSync(path, openFlags);
    const stats = fstatSync(fd, { bigint: true });
    if (!stats.isFile()) throw new DatabaseError('unreadable', `${path} is not a file`);
    const { size, ino, mtimeNs } = stats;
    const header = Buffer.alloc(length);
    const read = readSync(fd, header, 0, length, 0);
    return { sizeBytes: Number(size), header: header.subarray(0, read), stamp: `${ino}:${size}:${mtimeNs}` };
  } catch (thrown) {
    if (thrown instanceof DatabaseError) throw thrown;
    const errno = errorCodeOf(thrown);
    if (errno === 'ENOENT') return null;
    throw new DatabaseError('unreadable', errno);
  } finally {
    if (fd !== null) closeSync(fd);
  }
}
