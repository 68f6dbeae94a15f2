import type { NodeProcess } from './node-process.ts';

/**
 * On SIGUSR1 Node opens its debugger on a port of the machine, where every user could run code in the process. A listener that does nothing takes
 * its place, unless whoever started Node has asked for the debugger.
 */
export function refuseDebugger(nodeProcess: Pick<NodeProcess, 'execArgv' | 'env' | 'on'>): void {
  const options = [...nodeProcess.execArgv, nodeProcess.env.NODE_OPTIONS ?? ''].join(' ');
  if (!/(^|\s)--inspect/.test(options)) nodeProcess.on('SIGUSR1', () => undefined);
}
