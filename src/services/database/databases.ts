/** A query to a database file. */
export interface DatabaseQuery {
  /** The real path of a file. */
  readonly path: string;
  /** One SELECT, WITH … SELECT or VALUES. */
  readonly query: string;
  /** A JSON array, by position, or a JSON object, by name with or without `:`, `@` or `$`. */
  readonly params: string;
  /** How many rows are skipped. */
  readonly offset: number;
  readonly maxRows: number;
  /** Of names and rows, as JSON. A first row that is larger has its long values shortened. */
  readonly maxBytes: number;
  readonly timeLimitMs: number;
}

/** Numbers that JSON or JavaScript cannot represent exactly are texts; a blob is base64. */
export type Cell = string | number | null;

export interface DatabaseAnswer {
  /** Unique names: the second of two columns named `a` is `a_2`. */
  readonly columnNames: readonly string[];
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  /** Whether there are more rows than requested or than fit into the answer. */
  readonly truncated: boolean;
  /** How many values are shortened and end with a mark. */
  readonly shortenedValues: number;
}

export interface ReadOptions {
  readonly signal: AbortSignal;
  onProgress?(elapsedMs: number): void;
}

/** Reads SQLite files of other programs. Writes nothing to them or beside them. */
export interface Databases {
  /**
   * Answers from one state of the database, also while another program writes it. A query takes at most a gigabyte of memory. At most four
   * run at a time; the others wait, and their time limit starts with their turn.
   *
   * @throws AppError `invalid_input` for a query that is not one SELECT, that the engine rejects or that asks for too much, for parameters
   * that do not fit, and for a file that is not a readable database; `unavailable` while the database changes all the time, without an
   * engine, and without room for a copy; `timed_out`
   */
  read(query: DatabaseQuery, options: ReadOptions): Promise<DatabaseAnswer>;
}
