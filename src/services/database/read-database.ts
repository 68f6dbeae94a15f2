import { rmSync } from 'node:fs';
import { copyDatabase } from './copy-database.ts';
import type { DatabaseEngine, OpenDatabase } from './database-engine.ts';
import { inspectDatabaseFiles } from './database-files.ts';
import { DatabaseError } from './database-problem.ts';
import type { DatabaseAnswer } from './databases.ts';
import { placeParameters } from './place-parameters.ts';
import type { ReadingSpec } from './reading-program.ts';
import { scanQuery } from './scan-query.ts';
import { takeRows } from './take-rows.ts';

/** Reads a database in place where that writes nothing beside it, else a copy. Throws what the engine throws. */
export function readDatabase(
  engine: DatabaseEngine,
  { path, dir, ...limits }: ReadingSpec,
  { query, params }: { readonly query: string; readonly params: string },
): DatabaseAnswer {
  const parameters = placeParameters(scanQuery(query), params);
  const database = openDatabase(engine, path, dir);
  // Open files stay readable. So no copy stays, however this program ends.
  rmSync(dir, { recursive: true, force: true });
  return takeRows(database(query, parameters), limits);
}

function openDatabase(engine: DatabaseEngine, path: string, dir: string): OpenDatabase {
  const { isWal, isUtf16, hasJournal } = inspectDatabaseFiles(path);
  if (isUtf16 && !engine.readsUtf16) throw new DatabaseError('utf16');
  const isReadInPlace = engine.keepsLocks && !isWal && !hasJournal;
  if (isReadInPlace) return engine.open(path, false);
  return engine.open(copyDatabase(path, dir, { canUndo: engine.undoesUnfinished }), true);
}
