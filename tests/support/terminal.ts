import { onTestFinished } from 'vitest';
import { openTerminal, type Terminal } from './open-terminal.ts';

export type { Terminal };

/** Runs a command on a real terminal. It is killed when the test ends. */
export function runOnTerminal(...given: Parameters<typeof openTerminal>): Terminal {
  const terminal = openTerminal(...given);
  onTestFinished(() => terminal.kill());
  return terminal;
}
