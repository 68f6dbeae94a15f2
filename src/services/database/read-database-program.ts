import { writeSync } from 'node:fs';
import { isMainThread, Worker } from 'node:worker_threads';
import { toProblem } from './database-problem.ts';
import { createNodeEngine, type NodeSqlite } from './node-engine.ts';
import { readDatabase } from './read-database.ts';
import { programVariables, type ReadingResult, type ReadingSpec } from './reading-program.ts';
import { loadWasmEngine } from './wasm-engine.ts';

/* The program that `createDatabases` starts for each query. SQLite keeps a thread until a step is done, and nothing in the same process can end that. */

const mostMemoryBytes = 1_024 ** 3;
const lookEveryMs = 50;

if (isMainThread) answer();
else setInterval(endWhenTooLarge, lookEveryMs);

function answer(): void {
  new Worker(__filename).unref();
  const { [programVariables.query]: query = '', [programVariables.params]: params = '[]', ...env } = process.env;
  const order = JSON.parse(env[programVariables.order] ?? '') as ReadingSpec;
  say(read(order, { query, params }));
  process.exit();
}

function read(order: ReadingSpec, question: { query: string; params: string }): ReadingResult {
  try {
    const sqlite = process.getBuiltinModule('node:sqlite') as NodeSqlite | undefined;
    const engine = createNodeEngine(sqlite) ?? loadWasmEngine();
    return { answer: readDatabase(engine, order, question) };
  } catch (thrown) {
    return { problem: toProblem(thrown) };
  }
}

/** In a thread of its own: the other one does not turn while SQLite computes. */
function endWhenTooLarge(): void {
  if (process.memoryUsage.rss() < mostMemoryBytes) return;
  say({ problem: { kind: 'tooMuchMemory' } });
  process.kill(process.pid, 'SIGKILL');
}

function say(result: ReadingResult): void {
  writeSync(1, `${JSON.stringify(result)}\n`);
}
