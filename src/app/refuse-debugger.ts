import type { NodeProcess } from './node-process.ts';

/**
 * On SIGUSR1 Node opens its debugger on a port, through which every user of the machine could run code in the process. This registers a listener that
 * does nothing instead, unless Node was started with the debugger.
 */
export function refuseDebugger(nodeProcess: Pick<NodeProcess, 'execArgv' | 'env' | 'on'>): void {
  const options = [...nodeProcess.execArgv, nodeProcess.env.NODE_OPTIONS ?? ''].join(' ');
  if (!/(^|\s)--inspect/.test(options)) nodeProcess.on('SIGUSR1', () => undefined);
}
