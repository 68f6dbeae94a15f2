import { writeSync } from 'node:fs';
import { printable } from '../domain/printable-text.ts';
import type { NodeProcess } from './node-process.ts';

/** stderr, for all that write to it: a client that has died and no longer reads it is not a crash. */
export function stderrOf({ stderr }: Pick<NodeProcess, 'stderr'>): NodeProcess['stderr'] {
  if (stderr.listenerCount('error') === 0) stderr.on('error', () => undefined);
  return stderr;
}

const stderrFd = 2;

/** Writes what is wrong before the process ends, blocking. Foreign text in it cannot control a terminal. @throws Node's own errors: stderr may be closed */
export function writeLastProblem(message: string): void {
  const lines = message.split('\n').map((line) => `maitred: ${printable(line)}\n`);
  writeSync(stderrFd, lines.join(''));
}
