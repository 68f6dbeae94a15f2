import type { Statement } from 'node-sqlite3-wasm';
import type { DatabaseEngine, EngineValue } from './database-engine.ts';
import { DatabaseError } from './database-problem.ts';

/** The package returns rows as objects, which merge columns of the same name. It calls this method for the names. */
type NamingStatement = Statement & { _getColumnNames(): string[] };

/**
 * SQLite as WebAssembly, for Node without node:sqlite. Other programs do not see its locks, and it mistakes its own for those of a writer.
 * @throws DatabaseError `noEngine` where the package is not installed
 */
export function loadWasmEngine(): DatabaseEngine {
  const { Database } = requirePackage();
  return {
    keepsLocks: false,
    undoesUnfinished: false,
    open(path) {
      const database = new Database(path, { fileMustExist: true });
      database.exec(
        'PRAGMA locking_mode = EXCLUSIVE; PRAGMA query_only = ON; BEGIN; SELECT count(*) FROM sqlite_schema',
      );
      return (query, parameters) => {
        const statement = database.prepare(query) as NamingStatement;
        const columnNames = statement._getColumnNames();
        statement._getColumnNames = () => columnNames.map((_, at) => String(at));
        const values = parameters.map(([, value]) => value);
        return { columnNames, rows: rowsOf(statement, values) };
      };
    },
  };
}

function* rowsOf(statement: Statement, values: (string | number | null)[]): Iterable<readonly EngineValue[]> {
  for (const row of statement.iterate(values)) yield Object.values(row) as EngineValue[];
}

function requirePackage(): typeof import('node-sqlite3-wasm') {
  try {
    return require('node-sqlite3-wasm');
  } catch (cause) {
    throw new DatabaseError('noEngine', cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause));
  }
}
