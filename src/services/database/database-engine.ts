import type { PlacedParameter } from './place-parameters.ts';

/** A text is decoded strictly: what is not valid in the encoding of the database becomes U+FFFD. */
export type EngineValue = string | number | bigint | Uint8Array | null;

export interface EngineRows {
  readonly columnNames: readonly string[];
  /** Each row is computed when it is read. */
  readonly rows: Iterable<readonly EngineValue[]>;
}

/** Queries an open database. Throws what the engine throws. */
export type OpenDatabase = (query: string, parameters: readonly PlacedParameter[]) => EngineRows;

/** A build of SQLite. */
export interface DatabaseEngine {
  /** Whether it honours the locks of programs that write the file. An engine that does not may open only copies. */
  readonly keepsLocks: boolean;
  /** Whether it rolls back an unfinished change in a copy. */
  readonly undoesUnfinished: boolean;
  /** Whether it reads databases whose texts are UTF-16. */
  readonly readsUtf16: boolean;
  /**
   * Opens a database, and reads from it once: files that belong to a copy can be removed afterwards.
   * @param isCopy whether it is ours alone and gets an exclusive lock. Otherwise it is read in place, and nothing is written beside it
   */
  open(path: string, isCopy: boolean): OpenDatabase;
}
