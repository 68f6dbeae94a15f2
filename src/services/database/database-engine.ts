import type { PlacedParameter } from './place-parameters.ts';

export type EngineValue = string | number | bigint | Uint8Array | null;

export interface EngineRows {
  readonly columnNames: readonly string[];
  /** Each row is computed when it is asked for. */
  readonly rows: Iterable<readonly EngineValue[]>;
}

export interface OpenDatabase {
  /** Throws what the engine throws. */
  query(text: string, parameters: readonly PlacedParameter[]): EngineRows;
}

/** A build of SQLite. */
export interface DatabaseEngine {
  /** Whether it takes part in the locks of those who write the file. One that does not may look at copies only. */
  readonly keepsLocks: boolean;
  /** Whether it undoes a change that was left unfinished, in a copy. */
  readonly undoesUnfinished: boolean;
  /**
   * Opens a database, and reads from it once: files that belong to a copy can be removed afterwards.
   * @param isCopy nobody else has it: it is held with an exclusive lock. Else it is read in place, and nothing is written beside it
   */
  open(path: string, isCopy: boolean): OpenDatabase;
}
