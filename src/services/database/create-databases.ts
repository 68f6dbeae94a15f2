import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { AppError } from '../../domain/app-error.ts';
import { cannotWriteState } from '../platform/cannot-write.ts';
import type { ChildProcesses, FinishedProcess } from '../platform/process/child-processes.ts';
import { checkQuery } from './check-query.ts';
import { databaseErrorOf } from './database-error-of.ts';
import type { Databases } from './databases.ts';
import { programVariables, type ReadingOrder, type ReadingResult } from './reading-program.ts';

export interface DatabasesOptions {
  readonly processes: Pick<ChildProcesses, 'run'>;
  /** The Node that runs the program. */
  readonly execPath: string;
  /** The built `read-database.js`. */
  readonly program: string;
  /** Where copies lie while they are opened. */
  readonly copiesDir: string;
}

const maxAnswerBytes = 1_024 ** 2;
/** Room for the names of columns and for what the engine says. */
const outputBytes = 4 * maxAnswerBytes;
const jsHeapMib = 512;
/** No query takes as long: what lies there was left by a process that was killed. */
const forgottenAfterMs = 24 * 60 * 60 * 1_000;

/** Each query runs in a process of its own, which has an owner, a limit and an end. */
export function createDatabases({ processes, execPath, program, copiesDir }: DatabasesOptions): Databases {
  return {
    async read({ path, query, params, maxRows, timeLimitMs }, { signal, onProgress }) {
      checkQuery(query, params);
      const dir = makeCopyFolder(copiesDir);
      try {
        const order: ReadingOrder = { path, dir, maxRows, maxBytes: maxAnswerBytes };
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
        await rm(dir, { recursive: true, force: true });
      }
    },
  };
}

function resultOf({ reason, exit, stdout, stderr }: FinishedProcess, path: string, limitMs: number): ReadingResult {
  if (reason === 'timedOut')
    throw new AppError(
      'timed_out',
      `The query to ${path} took longer than ${limitMs / 1_000} s and was ended: ask for less, or give a larger timeout. One with WITH RECURSIVE may have no end.`,
    );
  const line = stdout.text.slice(0, stdout.text.indexOf('\n') + 1);
  if (line !== '') return JSON.parse(line) as ReadingResult;
  throw new AppError(
    'process_failed',
    `The program that reads ${path} ended without an answer (${exit.signal ?? `exit code ${exit.code}`}), most often for want of memory: ask for less.`,
    { details: { output: stderr.text.slice(-mostStderrCharacters) } },
  );
}

const mostStderrCharacters = 2_000;

function makeCopyFolder(copiesDir: string): string {
  try {
    mkdirSync(copiesDir, { recursive: true, mode: 0o700 });
    removeForgotten(copiesDir);
    return mkdtempSync(`${copiesDir}/`);
  } catch (cause) {
    throw cannotWriteState(copiesDir, cause);
  }
}

function removeForgotten(copiesDir: string): void {
  for (const name of readdirSync(copiesDir)) {
    const dir = `${copiesDir}/${name}`;
    const modifiedAtMs = statSync(dir, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (Date.now() - modifiedAtMs > forgottenAfterMs) rmSync(dir, { recursive: true, force: true });
  }
}
