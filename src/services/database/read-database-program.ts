import { writeSync } from 'node:fs';
import { isMainThread, Worker } from 'node:worker_threads';
import { encodeJson } from '../../domain/encode-json.ts';
import { startInterval } from '../../domain/timers.ts';
import { toProblem } from './database-problem.ts';
import { createNodeEngine, type NodeSqlite } from './node-engine.ts';
import { readDatabase } from './read-database.ts';
import { programVariables, type ReadingResult, type ReadingSpec } from './reading-program.ts';
import { loadWasmEngine } from './wasm-engine.ts';

/* The program that `createDatabases` starts for each query. SQLite blocks its thread until a step is done, and the same process cannot interrupt it. */

const mostMemoryBytes = 1_024 ** 3;
const checkEveryMs = 50;

if (isMainThread) answer();
else startInterval(endWhenTooLarge, checkEveryMs).ref();

function answer(): void {
  new Worker(__filename).unref();
  const { [programVariables.query]: query = '', [programVariables.params]: params = '[]', ...env } = process.env;
  const spec = JSON.parse(env[programVariables.spec] ?? '') as ReadingSpec;
  send(read(spec, { query, params }));
  process.exit();
}

function read(spec: ReadingSpec, query: { query: string; params: string }): ReadingResult {
  try {
    const sqlite = process.getBuiltinModule('node:sqlite') as NodeSqlite | undefined;
    const engine = createNodeEngine(sqlite) ?? loadWasmEngine();
    return { answer: readDatabase(engine, spec, query) };
  } catch (thrown) {
    return { problem: toProblem(thrown) };
  }
}

/** Runs in a thread of its own, since SQLite blocks the main thread. */
function endWhenTooLarge(): void {
  if (memoryBytes() < mostMemoryBytes) return;
  send({ problem: { kind: 'tooMuchMemory' } });
  process.kill(process.pid, 'SIGKILL');
}

function memoryBytes(): number {
  try {
    return process.memoryUsage.rss();
  } catch {
    // Without `/proc`: the most that it has been.
    return process.resourceUsage().maxRSS * 1_024;
  }
}

function send(result: ReadingResult): void {
  writeSync(1, `${encodeJson(result)}\n`);
}
