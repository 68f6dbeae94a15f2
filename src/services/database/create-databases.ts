import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { AppError } from '../../domain/app-error.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import { cannotWriteState } from '../platform/cannot-write.ts';
import { createTurns } from '../platform/create-turns.ts';
import { makeFolderSync } from '../platform/make-folder.ts';
import type { ChildProcesses, FinishedProcess } from '../platform/process/child-processes.ts';
import { checkQuery } from './check-query.ts';
import { databaseErrorOf } from './database-problem.ts';
import type { Databases } from './databases.ts';
import { programVariables, type ReadingResult, type ReadingSpec } from './reading-program.ts';

export interface DatabasesOptions {
  readonly processes: Pick<ChildProcesses, 'run'>;
  /** The Node executable that runs the program. */
  readonly execPath: string;
  /** The built `read-database.js`. */
  readonly program: string;
  /** For the copies, while they are open. */
  readonly copiesDir: string;
  /** Begins the name of a copy, so that copies of dead servers can be removed. */
  readonly serverId: string;
}

/** More than any answer, with room for messages of the engine. */
const outputBytes = 4 * 1_024 ** 2;
const jsHeapMib = 512;
/** Each may take a gigabyte and a core. More at once would be slower and would slow down the server. */
const mostAtOnce = 4;

/** Runs each query in its own process, with a time limit. The process ends with the call. */
export function createDatabases(options: DatabasesOptions): Databases {
  const { processes, execPath, program, copiesDir } = options;
  const inTurn = createTurns(mostAtOnce);

  const read: Databases['read'] = async ({ query, params, timeLimitMs, ...rest }, { signal, onProgress }) => {
    const { path } = rest;
    const dir = makeCopyFolder(options);
    try {
      const spec: ReadingSpec = { ...rest, dir };
      const finished = await processes.run(
        {
          file: execPath,
          args: ['--no-warnings', `--max-old-space-size=${jsHeapMib}`, program],
          label: `read ${basename(path)}`,
          cwd: copiesDir,
          env: {
            // Options such as a debugger's port were meant for the server only.
            NODE_OPTIONS: '',
            [programVariables.spec]: encodeJson(spec),
            [programVariables.query]: query,
            [programVariables.params]: params,
          },
          timeLimitMs,
          outputLimitBytes: outputBytes,
          tailBytes: outputBytes,
        },
        { signal, onProgress: ({ elapsedMs }) => onProgress?.(elapsedMs) },
      );
      signal.throwIfAborted();
      const result = resultOf(finished, path, timeLimitMs);
      if ('answer' in result) return result.answer;
      throw databaseErrorOf(result.problem, path);
    } finally {
      // Blocking, since the server may be about to end.
      rmSync(dir, { recursive: true, force: true });
    }
  };

  return {
    async read(query, readOptions) {
      checkQuery(query.query, query.params);
      return inTurn(readOptions.signal, () => read(query, readOptions));
    },
  };
}

function resultOf(finished: FinishedProcess, path: string, limitMs: number): ReadingResult {
  const { reason, exit, stdout, stderr, isOutputDiskFull } = finished;
  if (reason === 'timedOut')
    throw new AppError(
      'timed_out',
      `The query to ${path} took longer than ${limitMs / 1_000} s and was ended: ask for less, or give a larger timeout. WITH RECURSIVE may never end.`,
    );
  const line = stdout.text.slice(0, stdout.text.indexOf('\n') + 1);
  if (line !== '') return JSON.parse(line) as ReadingResult;
  if (isOutputDiskFull || reason === 'diskLow')
    throw new AppError(
      'unavailable',
      `The disk of the state folder was full, and what was read from ${path} cannot be kept: make room, or set MAITRED_STATE_DIR to another folder.`,
    );
  throw new AppError(
    'process_failed',
    `The program that reads ${path} ended without an answer (${exit.signal ?? `exit code ${exit.code}`}), usually because it ran out of memory: ask for less.`,
    { details: { output: stderr.text.slice(-mostStderrCharacters) } },
  );
}

const mostStderrCharacters = 2_000;

function makeCopyFolder({ copiesDir, serverId }: DatabasesOptions): string {
  try {
    makeFolderSync(copiesDir);
    // A UUID: in a scenario it has a placeholder.
    const dir = `${copiesDir}/${serverId}.${randomUUID()}`;
    mkdirSync(dir, { mode: 0o700 });
    return dir;
  } catch (cause) {
    throw cannotWriteState(copiesDir, cause);
  }
}
