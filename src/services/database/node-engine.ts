import type { DatabaseEngine, EngineValue } from './database-engine.ts';
import { scanQuery } from './scan-query.ts';

/* The part of node:sqlite that is used. The oldest supported Node has none. */

interface NodeStatement {
  get(): unknown;
  columns(): readonly { readonly name: string }[];
  setReturnArrays(isOn: boolean): void;
  setReadBigInts(isOn: boolean): void;
  setAllowBareNamedParameters(isOn: boolean): void;
  iterate(named: Record<string, unknown>, ...values: unknown[]): Iterable<readonly EngineValue[]>;
}

interface NodeDatabase {
  exec(text: string): void;
  prepare(text: string): NodeStatement;
  enableDefensive?(isOn: boolean): void;
  setAuthorizer?(authorize: (action: number, subject: string | null, detail: string | null) => number): void;
}

export interface NodeSqlite {
  readonly DatabaseSync: new (path: string, options: { readOnly: boolean }) => NodeDatabase;
  readonly StatementSync: { readonly prototype: Partial<NodeStatement> };
  readonly constants: Readonly<Record<string, number>>;
}

const lockWaitMs = 2_000;

/** The SQLite of Node; null if it cannot return rows as arrays, because objects lose columns of the same name. */
export function createNodeEngine(sqlite: NodeSqlite | undefined): DatabaseEngine | null {
  if (sqlite?.StatementSync.prototype.setReturnArrays === undefined || !sqlite.StatementSync.prototype.columns)
    return null;
  return {
    keepsLocks: true,
    undoesUnfinished: true,
    readsUtf16: true,
    open(path, isCopy) {
      const database = new sqlite.DatabaseSync(path, { readOnly: !isCopy });
      database.enableDefensive?.(true);
      database.exec(`PRAGMA busy_timeout = ${lockWaitMs}`);
      if (isCopy) database.exec('PRAGMA locking_mode = EXCLUSIVE');
      database.exec('PRAGMA query_only = ON; BEGIN; SELECT count(*) FROM sqlite_schema');
      const decode = losesText(database) ? decoderOf(database) : null;
      database.setAuthorizer?.(readingOnly(sqlite.constants));
      return (query, parameters) => {
        const asked = database.prepare(query);
        const columnNames = asked.columns().map(({ name }) => name);
        const asBytes = decode === null ? null : prepareTextsAsBytes(database, query, columnNames.length);
        const statement = asBytes ?? asked;
        statement.setReturnArrays(true);
        statement.setReadBigInts(true);
        // `:a` and `@a` are two parameters: names are given with their marks.
        statement.setAllowBareNamedParameters(false);
        const named = Object.fromEntries(parameters.filter(([name]) => !isNumbered(name)));
        const numbered = parameters.filter(([name]) => isNumbered(name)).map(([, value]) => value);
        const rows = statement.iterate(named, ...numbered);
        return { columnNames, rows: decode === null || asBytes === null ? rows : withDecodedTexts(rows, decode) };
      };
    },
  };
}

/** Node 22 ends a text at its first NUL. */
function losesText(database: NodeDatabase): boolean {
  const { text } = database.prepare("SELECT 'a' || char(0) || 'b' AS text").get() as { readonly text: string };
  return text.length < 3;
}

type DecodeText = (bytes: Uint8Array) => string;

function decoderOf(database: NodeDatabase): DecodeText {
  const { encoding } = database.prepare('PRAGMA encoding').get() as { readonly encoding: string };
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  return (bytes) => decoder.decode(bytes);
}

/** null for a statement that writes: it cannot stand within another one, and is refused when it runs. */
function prepareTextsAsBytes(database: NodeDatabase, query: string, columns: number): NodeStatement | null {
  try {
    return database.prepare(withTextsAsBytes(query, columns));
  } catch (thrown) {
    if (thrown instanceof Error && thrown.message.includes('syntax error')) return null;
    throw thrown;
  }
}

/** The rows of a query, with the bytes of each value behind it. */
function withTextsAsBytes(query: string, columns: number): string {
  const names = Array.from({ length: columns }, (_, at) => `c${at}`);
  const pairs = names.map((name) => `${name}, CAST(${name} AS BLOB)`);
  return `WITH maitred_rows(${names}) AS (${scanQuery(query).body}\n) SELECT ${pairs} FROM maitred_rows`;
}

function* withDecodedTexts(
  rows: Iterable<readonly EngineValue[]>,
  decode: DecodeText,
): Iterable<readonly EngineValue[]> {
  for (const row of rows) {
    const decoded: EngineValue[] = [];
    for (let at = 0; at < row.length; at += 2) {
      const [value = null, bytes] = row.slice(at, at + 2);
      decoded.push(typeof value === 'string' && bytes instanceof Uint8Array ? decode(bytes) : value);
    }
    yield decoded;
  }
}

/** Node treats `?5` as a parameter without a name. */
const isNumbered = (name: string | null) => name === null || name.startsWith('?');

/** Pragmas that show a schema or damage, or that a full-text index runs itself. */
const readingPragma =
  /^(table_x?info|table_list|index_list|index_x?info|foreign_key_(list|check)|(integrity|quick)_check|data_version|(function|collation|module|pragma|database)_list|compile_options)$/;

function readingOnly({ SQLITE_OK = 0, SQLITE_DENY = 1, ...actions }: NodeSqlite['constants']) {
  const { SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE, SQLITE_FUNCTION, SQLITE_PRAGMA } = actions;
  const reading = [SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE];
  return (action: number, subject: string | null, detail: string | null) => {
    const isReading =
      reading.includes(action) ||
      (action === SQLITE_FUNCTION && detail !== 'load_extension') ||
      (action === SQLITE_PRAGMA && readingPragma.test(subject ?? ''));
    return isReading ? SQLITE_OK : SQLITE_DENY;
  };
}
