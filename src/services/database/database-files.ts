import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { errorCodeOf } from '../platform/error-code.ts';
import { DatabaseError } from './database-problem.ts';

/** What lies on the disk of a database, as far as it tells whether somebody has written meanwhile. */
export interface DatabaseFiles {
  readonly sizeBytes: number;
  readonly isWal: boolean;
  /** null: there is no write-ahead log. Each time that it begins again it has other numbers. */
  readonly walHeader: string | null;
  /** A change is being made, or was left unfinished. */
  readonly hasJournal: boolean;
  /** Changes with every write. In the moment of one it may not: the counter of changes in the header is part of it. */
  readonly stamp: string;
}

const headerBytes = 100;
const walHeaderBytes = 32;
/** Of files that follow a header: which of the two kinds of journal is used. */
const readVersionAt = 19;
const walVersion = 2;
const journalMagic = 'd9d505f920a163d7';

// SQLite makes no links, and a pipe would wait for its other end.
const openFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** @throws DatabaseError `unreadable` */
export function inspectDatabaseFiles(path: string): DatabaseFiles {
  const main = lookAt(path, headerBytes);
  if (main === null) throw new DatabaseError('unreadable', 'ENOENT');
  const wal = lookAt(`${path}-wal`, walHeaderBytes);
  const journal = lookAt(`${path}-journal`, journalMagic.length / 2);
  return {
    sizeBytes: main.sizeBytes + (wal?.sizeBytes ?? 0) + (journal?.sizeBytes ?? 0),
    isWal: main.header[readVersionAt] === walVersion,
    walHeader: wal?.header.length === walHeaderBytes ? wal.header.toString('hex') : null,
    hasJournal: journal?.header.toString('hex') === journalMagic,
    stamp: [main, wal, journal].map((file) => file && `${file.stamp}:${file.header.toString('hex')}`).join(' '),
  };
}

function lookAt(path: string, length: number): { sizeBytes: number; header: Buffer; stamp: string } | null {
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
