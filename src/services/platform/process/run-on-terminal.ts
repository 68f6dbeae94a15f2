import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { ProcessSpec } from '../../../domain/child-process.ts';
import { cannotStart } from './cannot-start.ts';

/**
 * What a program on a terminal may have switched on, and a terminal keeps: shows the cursor, leaves the alternate screen, and ends bracketed
 * paste, reports of the mouse and of the focus, and other encodings of keys.
 */
const resetTerminal =
  '\u001b[?25h\u001b[?47l\u001b[?2004l\u001b[?1000l\u001b[?1002l\u001b[?1003l\u001b[?1006l\u001b[?1004l\u001b[<u\u001b[>4m';

/**
 * Runs a program for the person at the terminal of this process, with its streams and its environment, until it ends. There is no time limit:
 * the person ends it. It stays in the group of this process, so that Ctrl-C, Ctrl-Z and a closed terminal reach it. Ctrl-C is the program's alone
 * meanwhile. SIGTERM and SIGHUP are passed on to it, and the second SIGTERM kills it. If this process is killed, the program goes on and keeps
 * the terminal.
 *
 * Node restores the modes of the terminal (echo, lines, signals) when this process exits, whatever the program left. After a program that was
 * killed, what it switched on with escape sequences is switched off, too.
 * @returns its exit code; after a signal, 128 and the signal's number, as in a shell
 * @throws AppError as `spawnProcess` does
 */
export async function runOnTerminal({ file, args, cwd }: Pick<ProcessSpec, 'file' | 'args' | 'cwd'>): Promise<number> {
  try {
    return await whenEnded(spawn(file, [...args], { cwd, stdio: 'inherit' }));
  } catch (thrown) {
    throw cannotStart({ file, cwd }, thrown);
  }
}

async function whenEnded(child: ChildProcess): Promise<number> {
  let requests = 0;
  const handlers: Readonly<Partial<Record<NodeJS.Signals, () => void>>> = {
    // The terminal sends these two to the program as well.
    SIGINT: () => undefined,
    SIGQUIT: () => undefined,
    SIGHUP: () => void child.kill('SIGHUP'),
    SIGTERM() {
      requests += 1;
      child.kill(requests === 1 ? 'SIGTERM' : 'SIGKILL');
    },
  };
  for (const [signal, handle] of Object.entries(handlers)) process.on(signal, handle);
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    if (signal !== null && process.stdout.isTTY) process.stdout.write(resetTerminal);
    return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  } finally {
    for (const [signal, handle] of Object.entries(handlers)) process.off(signal, handle);
  }
}
