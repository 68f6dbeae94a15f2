import { copyFileSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { Database } from 'node-sqlite3-wasm';
import type { NodeSqlite } from '../../src/services/database/node-engine.ts';

/** The SQLite of the Node that runs the tests; undefined where it has none. */
export const nodeSqlite = process.getBuiltinModule('node:sqlite') as NodeSqlite | undefined;

/** Creates a database by running these statements. @returns its path */
export function aDatabase(path: string, statements: string): string {
  const database = new Database(path);
  database.exec(statements);
  database.close();
  return path;
}

/** The rows of a query on a database that no other process has open. */
export function rowsIn(path: string, query: string): unknown[] {
  const database = new Database(path);
  database.exec('PRAGMA locking_mode = EXCLUSIVE');
  const rows = database.all(query);
  database.close();
  return rows;
}

/** Leaves a database as a killed program leaves it: the changes of `statements` are only in its journal. */
export function aDatabaseLeftBy(path: string, before: string, statements: string): string {
  const database = new Database(`${path}.original`);
  database.exec(`PRAGMA locking_mode = EXCLUSIVE; ${before}`);
  database.exec(statements);
  for (const part of ['', '-wal', '-journal'])
    if (existsSync(`${path}.original${part}`)) copyFileSync(`${path}.original${part}`, `${path}${part}`);
  database.close();
  return path;
}

/** Names, contents and modification times of everything in a folder. */
export function contentsOf(dir: string): Record<string, string> {
  const entries = readdirSync(dir, { recursive: true, encoding: 'utf8', withFileTypes: true });
  return Object.fromEntries(
    entries.map((entry) => {
      const path = `${entry.parentPath}/${entry.name}`;
      return [path, entry.isFile() ? `${statSync(path).mtimeMs} ${readFileSync(path, 'base64')}` : 'a folder'];
    }),
  );
}
