import { rmSync } from 'node:fs';
import { copyDatabase } from './copy-database.ts';
import type { DatabaseEngine } from './database-engine.ts';
import { lookAtDatabase } from './database-files.ts';
import type { DatabaseAnswer } from './databases.ts';
import { placeParameters } from './place-parameters.ts';
import type { ReadingOrder } from './reading-program.ts';
import { scanQuery } from './scan-query.ts';
import { takeRows } from './take-rows.ts';

/** Reads a database in place where nothing is written beside it in doing so, else a copy. Throws what the engine throws. */
export function readDatabase(
  engine: DatabaseEngine,
  { path, dir, ...limits }: ReadingOrder,
  { query, params }: { readonly query: string; readonly params: string },
): DatabaseAnswer {
  const parameters = placeParameters(scanQuery(query), params);
  const database = openDatabase(engine, path, dir);
  return takeRows(database.query(query, parameters), limits);
}

function openDatabase(engine: DatabaseEngine, path: string, dir: string) {
  const { isWal, hasJournal } = lookAtDatabase(path);
  if (engine.keepsLocks && !isWal && !hasJournal) return engine.open(path, false);
  const copy = engine.open(copyDatabase(path, dir, engine.undoesUnfinished), true);
  // What is open stays readable: nothing of the copy is left however this program ends.
  rmSync(dir, { recursive: true, force: true });
  return copy;
}
