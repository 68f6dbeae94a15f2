/** A question to a database file. */
export interface DatabaseQuery {
  /** The real path of a file. */
  readonly path: string;
  /** One SELECT, WITH … SELECT or VALUES. */
  readonly query: string;
  /** A JSON array, by position, or a JSON object, by name with or without `:`, `@` or `$`. */
  readonly params: string;
  readonly maxRows: number;
  readonly timeLimitMs: number;
}

/** Numbers that JSON or JavaScript cannot hold exactly are texts; a blob is base64. */
export type Cell = string | number | null;

export interface DatabaseAnswer {
  /** Each name once: of columns with the same name the second is `a_2`. */
  readonly columnNames: readonly string[];
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  /** Whether there are more rows than were asked for or fit into the answer. */
  readonly truncated: boolean;
}

export interface ReadOptions {
  readonly signal: AbortSignal;
  onProgress?(elapsedMs: number): void;
}

/** Reads SQLite files of others. Nothing is written to them or beside them. */
export interface Databases {
  /**
   * Answers from one state of the database, also while somebody writes it. What the query computes beyond its rows stays within a
   * gigabyte of memory. At most four are read at a time; the others wait, and their time begins with their turn.
   *
   * @throws AppError `invalid_input` for a query that is not one SELECT, that the engine does not take or that asks for too much, for parameters that do
   * not fit it, and for a file that is no readable database; `unavailable` while the database is changed all the time, where there is no engine, and
   * where there is no room for a copy; `timed_out`
   */
  read(question: DatabaseQuery, options: ReadOptions): Promise<DatabaseAnswer>;
}
