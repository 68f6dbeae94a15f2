import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { Database } from 'node-sqlite3-wasm';
import { describe, expect, it, onTestFinished } from 'vitest';
import { copyDatabase } from '../../../src/services/database/copy-database.ts';
import { toProblem } from '../../../src/services/database/database-problem.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { rowsIn } from '../../support/a-database.ts';

const transfer = 'UPDATE account SET amount = amount + CASE WHEN id <= 1000 THEN 1 ELSE -1 END';
const state = 'SELECT sum(amount) AS sum, max(amount) AS max FROM account';
const before = { sum: 20_000, max: 10 };
const after = { sum: 20_000, max: 11 };

/** A database whose file is many pages, and one who writes it. */
function accounts(mode: 'WAL' | 'DELETE' | 'PERSIST') {
  const dir = tempFolder();
  const copies = `${dir}/copies`;
  mkdirSync(copies);
  const path = `${dir}/accounts.db`;
  const writer = new Database(path);
  onTestFinished(() => writer.close());
  writer.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = ${mode}; PRAGMA wal_autocheckpoint = 0`);
  writer.exec(
    'CREATE TABLE account (id INTEGER PRIMARY KEY, amount INTEGER, note TEXT); INSERT INTO account WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000) SELECT i, 10, hex(zeroblob(100)) FROM n; PRAGMA wal_checkpoint(TRUNCATE)',
  );
  return { dir, copies, path, writer };
}

/** Copies the database itself in two halves, between which something happens: `times` times. */
function tornBy(act: () => void, times = 1) {
  let left = times;
  return (from: string, to: string) => {
    if (left === 0 || !from.endsWith('.db')) {
      copyFileSync(from, to);
      return;
    }
    left -= 1;
    const bytes = Buffer.alloc(statSync(from).size);
    const half = Math.floor(bytes.length / 2);
    const fd = openSync(from, 'r');
    readSync(fd, bytes, 0, half, 0);
    act();
    readSync(fd, bytes, half, bytes.length - half, half);
    closeSync(fd);
    writeFileSync(to, bytes);
  };
}

describe('A copy of a database', () => {
  it.each([
    ['DELETE', false],
    ['DELETE', true],
    ['PERSIST', false],
    ['PERSIST', true],
  ] as const)('is made again after a change meanwhile (journal_mode %s, rolled back: %s)', (mode, canUndo) => {
    const { path, copies, writer } = accounts(mode);
    const copyFile = tornBy(() => writer.exec(transfer));
    expect(rowsIn(copyDatabase(path, copies, { canUndo, copyFile }), state)).toEqual([after]);
  });

  it('is made again after a restart of the write-ahead log', () => {
    const { path, copies, writer } = accounts('WAL');
    writer.exec(transfer);
    const copyFile = tornBy(() => {
      writer.exec(transfer);
      writer.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      writer.exec("UPDATE account SET note = 'new' WHERE id = 1");
    });
    expect(rowsIn(copyDatabase(path, copies, { canUndo: false, copyFile }), state)).toEqual([{ sum: 20_000, max: 12 }]);
  });

  it('holds one state while the log is moved into the database', () => {
    const { path, copies, writer } = accounts('WAL');
    writer.exec("UPDATE account SET note = 'new' WHERE id = 1");
    let copied = 0;
    const tear = tornBy(() => {
      writer.exec(transfer);
      writer.exec('PRAGMA wal_checkpoint(PASSIVE)');
    });
    const copyFile = (from: string, to: string) => {
      if (from.endsWith('.db')) copied += 1;
      tear(from, to);
    };
    expect(rowsIn(copyDatabase(path, copies, { canUndo: false, copyFile }), state)).toEqual([after]);
    expect(copied).toBe(1);
  });

  it('holds the state before an unfinished change', () => {
    const { path, copies, writer } = accounts('WAL');
    const copyFile = tornBy(() => writer.exec(`PRAGMA cache_size = 2; BEGIN; ${transfer}`));
    expect(rowsIn(copyDatabase(path, copies, { canUndo: false, copyFile }), state)).toEqual([before]);
    writer.exec('ROLLBACK');
  });

  it('fails where changes never pause', () => {
    const { path, copies, writer } = accounts('DELETE');
    const copyFile = tornBy(() => writer.exec(transfer), Infinity);
    const copy = () => copyDatabase(path, copies, { canUndo: false, copyFile });
    expect(problemOf(copy)).toEqual({ kind: 'beingWritten' });
  });

  it('includes the journal of an unfinished change only for an engine that rolls it back', () => {
    const { path, copies, writer } = accounts('DELETE');
    writer.exec(`PRAGMA cache_size = 2; BEGIN; ${transfer}`);
    expect(problemOf(() => copyDatabase(path, copies, { canUndo: false }))).toEqual({ kind: 'beingWritten' });
    copyDatabase(path, copies, { canUndo: true });
    expect(readdirSync(copies).sort()).toEqual(['copy.db', 'copy.db-journal']);
    writer.exec('ROLLBACK');
  });

  it('is readable by its owner only, and can be opened where the database is read-only', () => {
    const { path, copies } = accounts('WAL');
    chmodSync(path, 0o444);
    expect(statSync(copyDatabase(path, copies, { canUndo: false })).mode & 0o777).toBe(0o600);
  });
});

function problemOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (thrown) {
    return toProblem(thrown);
  }
}
