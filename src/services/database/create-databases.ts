import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { AppError } from '../../domain/app-error.ts';
import { cannotWriteState } from '../platform/cannot-write.ts';
import type { ChildProcesses, FinishedProcess } from '../platform/process/child-processes.ts';
import { checkQuery } from './check-query.ts';
import { createTurns } from './create-turns.ts';
import { databaseErrorOf } from './database-error-of.ts';
import type { Databases } from './databases.ts';
import { programVariables, type ReadingResult, type ReadingSpec } from './reading-program.ts';

export interface DatabasesOptions {
  readonly processes: Pick<ChildProcesses, 'run'>;
  /** The Node that runs the program. */
  readonly execPath: string;
  /** The built `read-database.js`. */
  readonly program: string;
  /** Where copies lie while they are opened. */
  readonly copiesDir: string;
  /** Part of the name of a copy: those of dead servers are found by it. */
  readonly serverId: string;
}

const maxAnswerBytes = 1_024 ** 2;
/** Room for the names of columns and for what the engine says. */
const outputBytes = 4 * maxAnswerBytes;
const jsHeapMib = 512;
/** Each may take a gigabyte and a core; more of them would only be slower, and hold up the server itself. */
const mostAtOnce = 4;

/** Each query runs in a process of its own, which has an owner, a limit and an end. */
export function createDatabases(options: DatabasesOptions): Databases {
  const { processes, execPath, program, copiesDir } = options;
  const inTurn = createTurns(mostAtOnce);

  const read: Databases['read'] = async ({ path, query, params, maxRows, timeLimitMs }, { signal, onProgress }) => {
    const dir = makeCopyFolder(options);
    try {
      const order: ReadingSpec = { path, dir, maxRows, maxBytes: maxAnswerBytes };
      const finished = await processes.run(
        {
          file: execPath,
          args: ['--no-warnings', `--max-old-space-size=${jsHeapMib}`, program],
          cwd: copiesDir,
          env: {
            // A debugger's port and what else was meant for the server.
            NODE_OPTIONS: '',
            [programVariables.order]: JSON.stringify(order),
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
      // At once: it may be the last that this server does.
      rmSync(dir, { recursive: true, force: true });
    }
  };

  return {
    async read(question, readOptions) {
      checkQuery(question.query, question.params);
      return inTurn(readOptions.signal, () => read(question, readOptions));
    },
  };
}

function resultOf(finished: FinishedProcess, path: string, limitMs: number): ReadingResult {
  const { reason, exit, stdout, stderr, isOutputDiskFull } = finished;
  if (reason === 'timedOut')
    throw new AppError(
      'timed_out',
      `The query to ${path} took longer than ${limitMs / 1_000} s and was ended: ask for less, or give a larger timeout. One with WITH RECURSIVE may have no end.`,
    );
  const line = stdout.text.slice(0, stdout.text.indexOf('\n') + 1);
  if (line !== '') return JSON.parse(line) as ReadingResult;
  if (isOutputDiskFull)
    throw new AppError(
      'unavailable',
      `The disk of the state folder is full, and what was read of ${path} cannot be kept: make room, or set MAITRED_STATE_DIR to another folder.`,
    );
  throw new AppError(
    'process_failed',
    `The program that reads ${path} ended without an answer (${exit.signal ?? `exit code ${exit.code}`}), most often for want of memory: ask for less.`,
    { details: { output: stderr.text.slice(-mostStderrCharacters) } },
  );
}

const mostStderrCharacters = 2_000;

function makeCopyFolder({ copiesDir, serverId }: DatabasesOptions): string {
  try {
    mkdirSync(copiesDir, { recursive: true, mode: 0o700 });
    return mkdtempSync(`${copiesDir}/${serverId}.`);
  } catch (cause) {
    throw cannotWriteState(copiesDir, cause);
  }
}
