import { copyFileSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { Database } from 'node-sqlite3-wasm';

/** Whether this Node brings SQLite, so that the program uses that. */
export const hasNodeSqlite = process.getBuiltinModule('node:sqlite') !== undefined;

/** Makes a database with these statements. */
export function aDatabase(path: string, statements: string): string {
  const database = new Database(path);
  database.exec(statements);
  database.close();
  return path;
}

/** What a query finds in a copy that nobody else has. */
export function rowsIn(path: string, query: string): unknown[] {
  const database = new Database(path);
  database.exec('PRAGMA locking_mode = EXCLUSIVE');
  const rows = database.all(query);
  database.close();
  return rows;
}

/** Leaves a database as a program leaves it that is killed: with what the statements did still in its journal. */
export function aDatabaseLeftBy(path: string, before: string, statements: string): string {
  const database = new Database(`${path}.original`);
  database.exec(`PRAGMA locking_mode = EXCLUSIVE; ${before}`);
  database.exec(statements);
  for (const part of ['', '-wal', '-journal'])
    if (existsSync(`${path}.original${part}`)) copyFileSync(`${path}.original${part}`, `${path}${part}`);
  database.close();
  return path;
}

/** Everything in a folder: names, contents and times of change. */
export function contentsOf(dir: string): Record<string, string> {
  const entries = readdirSync(dir, { recursive: true, encoding: 'utf8', withFileTypes: true });
  return Object.fromEntries(
    entries.map((entry) => {
      const path = `${entry.parentPath}/${entry.name}`;
      return [path, entry.isFile() ? `${statSync(path).mtimeMs} ${readFileSync(path, 'base64')}` : 'a folder'];
    }),
  );
}
