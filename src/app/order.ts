import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import type { RunExit, RunRequest, RunWatcher } from '../cli/cli-host.ts';
import { AppError } from '../domain/app-error.ts';
import { noServeFlags } from '../domain/serve-flags.ts';
import { startInterval } from '../domain/timers.ts';
import type { NodeProcess } from './node-process.ts';
import { describeOrderHost, type OrderHost } from './order-host.ts';
import { runHost } from './run-host.ts';
import { createServerContext, type ServerStart } from './server-context.ts';
import { endings } from './when-asked-to-end.ts';

/* The entry of the chunk `order.js`: a server without clients, which works on one run of a recipe. */

export { build } from './build.ts';

type OrderStart = Pick<ServerStart, 'nodeProcess' | 'files' | 'homeDir'>;

/** As `CliHost.runRecipe`. */
export async function runRecipe(start: OrderStart, request: RunRequest, watcher: RunWatcher): Promise<RunExit> {
  const { nodeProcess } = start;
  if (nodeProcess.platform === 'win32')
    throw new AppError('unavailable', 'Recipes run on Linux and macOS; on Windows, run maitred in WSL.');
  // A run that waits for a person has nothing that keeps the process alive.
  const alive = startInterval(() => undefined, 60_000).ref();
  try {
    const kind = await new Promise<OrderHost>((resolve) => {
      let kind: OrderHost;
      const context = createServerContext({
        ...start,
        nodeProcess: processOfHost(nodeProcess, watcher, () => resolve(kind)),
        readFlags: () => ({ ...noServeFlags, projectDir: request.project }),
      });
      runHost(context, (host) => {
        kind = describeOrderHost(host, request, watcher);
        return kind;
      });
    });
    return kind.outcome();
  } finally {
    clearInterval(alive);
  }
}

/**
 * The process, as the host may use it: the terminal belongs to the command line, which also decides on signals, and ends the process.
 * @param onExit called once, when the host has ended
 */
function processOfHost(nodeProcess: NodeProcess, watcher: RunWatcher, onExit: () => void): NodeProcess {
  const signals = new EventEmitter();
  let hasEnded = false;
  // The listeners stay: a late signal must not take the last lines from the command line.
  for (const signal of endings)
    nodeProcess.on(signal, () => {
      if (!hasEnded && watcher.mayStop(signal)) signals.emit(signal, signal);
    });
  const emitterOf = (event: string) => (endings.some((signal) => signal === event) ? signals : nodeProcess);
  const on = (event: string, listener: (...args: unknown[]) => void) => emitterOf(event).on(event, listener);
  const off = (event: string, listener: (...args: unknown[]) => void) => emitterOf(event).off(event, listener);
  const exit = () => {
    hasEnded = true;
    onExit();
  };
  return Object.create(nodeProcess, {
    stderr: { value: new Writable({ write: (_, __, done) => done() }) },
    exit: { value: exit },
    on: { value: on },
    off: { value: off },
  });
}
