import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { type ProcessExit, usualGraceMs } from '../../../domain/child-process.ts';
import { startTimer } from '../../../domain/timers.ts';
import { within } from '../../../domain/within.ts';
import { cannotStart } from './cannot-start.ts';

export interface DetachedProgram {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** An open file, for what it writes to stdout and stderr. */
  readonly outputFd: number;
}

/** The descriptor on which a detached program announces something. */
export const announceFd = 3;

/** What was written before the exit arrives at once. */
const pipeLimitMs = 250;

/**
 * Starts a program that goes on when this one ends: in a session of its own, without a terminal and without input.
 * @param signal aborted: the program is ended, unless it has announced something
 * @returns the first line that it writes to `announceFd`; how it ended, where it ends before
 * @throws AppError as `spawnProcess`
 */
export async function startDetached(
  { file, args, cwd, env, outputFd }: DetachedProgram,
  signal: AbortSignal,
): Promise<{ readonly line: string } | { readonly exit: ProcessExit }> {
  const child = await start(() =>
    spawn(file, [...args], { cwd, env, detached: true, stdio: ['ignore', outputFd, outputFd, 'pipe'] }),
  ).catch((thrown) => {
    throw cannotStart({ file, cwd }, thrown);
  });
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, name) => resolve({ code, signal: name }));
  });
  let killing: NodeJS.Timeout | undefined;
  const end = () => {
    child.kill('SIGTERM');
    killing = startTimer(() => child.kill('SIGKILL'), usualGraceMs);
  };
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  const pipe = child.stdio[announceFd] as Readable;
  const written: { line: string | null } = { line: null };
  const announced = firstLine(pipe).then((line) => {
    written.line = line;
  });
  await Promise.race([announced, exited.then(() => within(pipeLimitMs, announced))]);
  const outcome = written.line === null ? { exit: await exited } : { line: written.line };
  signal.removeEventListener('abort', end);
  clearTimeout(killing);
  pipe.destroy();
  child.unref();
  return outcome;
}

async function start(spawnIt: () => ChildProcess): Promise<ChildProcess> {
  const child = spawnIt();
  await once(child, 'spawn');
  // From now on it means that a signal could not be sent.
  child.on('error', () => undefined);
  return child;
}

/** null: it ends without one. */
function firstLine(pipe: Readable): Promise<string | null> {
  return new Promise((resolve) => {
    let text = '';
    pipe.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      const end = text.indexOf('\n');
      if (end >= 0) resolve(text.slice(0, end));
    });
    pipe.on('error', () => resolve(null)).on('end', () => resolve(null));
  });
}
