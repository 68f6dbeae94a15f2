import type { Statement } from 'node-sqlite3-wasm';
import type { DatabaseEngine, EngineValue } from './database-engine.ts';
import { DatabaseError } from './database-problem.ts';

/**
 * Members that the types of the package leave out. It returns a row as an object, which merges columns of the same name, and takes other bytes
 * than UTF-8 for other letters.
 */
interface PlainStatement extends Statement {
  /** SQLite's own statement. */
  readonly _ptr: number;
  /** Called for the keys of a row. */
  _getColumnNames(): string[];
  _reset(): boolean;
  _step(): boolean;
  _getRow(keys: readonly string[]): Readonly<Record<string, unknown>>;
}

/** Functions of SQLite as WebAssembly exports them; statements and texts are addresses. */
interface PlainSqlite {
  _sqlite3_column_name(statement: number, at: number): number;
  _sqlite3_column_text(statement: number, at: number): number;
  _sqlite3_column_bytes(statement: number, at: number): number;
  _sqlite3_bind_text(statement: number, at: number, text: number, sizeBytes: number, destructor: number): number;
}

type Sqlite = typeof import('node-sqlite3-wasm') & PlainSqlite;

/**
 * SQLite as WebAssembly, for Node without node:sqlite. Other programs do not see its locks, and it mistakes its own for those of a writer.
 * @throws DatabaseError `noEngine` where the package is not installed
 */
export function loadWasmEngine(): DatabaseEngine {
  const sqlite = requirePackage();
  const readText = createTextReader(sqlite);
  return {
    keepsLocks: false,
    undoesUnfinished: false,
    readsUtf16: false,
    open(path) {
      const database = new sqlite.Database(path, { fileMustExist: true });
      database.exec(
        'PRAGMA locking_mode = EXCLUSIVE; PRAGMA query_only = ON; BEGIN; SELECT count(*) FROM sqlite_schema',
      );
      return (query, parameters) => {
        const statement = database.prepare(query) as PlainStatement;
        const keys = statement._getColumnNames().map((_, at) => String(at));
        statement._getColumnNames = () => keys;
        const columnNames = keys.map((_, at) => readText(sqlite._sqlite3_column_name(statement._ptr, at), untilNul));
        const textAt = (at: number) => {
          // The text first: SQLite may convert it, and then it has another size.
          const text = sqlite._sqlite3_column_text(statement._ptr, at);
          return readText(text, sqlite._sqlite3_column_bytes(statement._ptr, at));
        };
        const values = parameters.map(([, value]) => value);
        return { columnNames, rows: rowsOf(statement, values, textAt) };
      };
    },
  };
}

function* rowsOf(
  statement: Statement,
  values: (string | number | null)[],
  textAt: (column: number) => string,
): Iterable<readonly EngineValue[]> {
  for (const row of statement.iterate(values))
    yield Object.values(row).map((value, at) => (typeof value === 'string' ? textAt(at) : (value as EngineValue)));
}

const untilNul = -1;
/** SQLITE_TRANSIENT: SQLite copies the text at once. */
const copied = -1;

/** Makes a function that reads a text by its address. The package gives no access to its memory, but a query returns any part of it as bytes. */
function createTextReader(sqlite: Sqlite): (address: number, sizeBytes: number) => string {
  const query = new sqlite.Database().prepare('SELECT CAST(? AS BLOB)') as PlainStatement;
  return (address, sizeBytes) => {
    query._reset();
    sqlite._sqlite3_bind_text(query._ptr, 1, address, sizeBytes, copied);
    query._step();
    const { bytes } = query._getRow(['bytes']);
    if (!(bytes instanceof Uint8Array)) throw new Error('out of memory');
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  };
}

function requirePackage(): Sqlite {
  try {
    return require('node-sqlite3-wasm');
  } catch (cause) {
    throw new DatabaseError('noEngine', cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause));
  }
}
