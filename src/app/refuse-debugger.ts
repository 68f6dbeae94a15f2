import type { Host } from './host.ts';

/**
 * On SIGUSR1 Node opens its debugger on a port of the machine, where every user could run code in the process. A listener that does nothing takes
 * its place, unless whoever started Node has asked for the debugger.
 */
export function refuseDebugger(host: Pick<Host, 'execArgv' | 'env' | 'on'>): void {
  const options = [...host.execArgv, host.env.NODE_OPTIONS ?? ''].join(' ');
  if (!/(^|\s)--inspect/.test(options)) host.on('SIGUSR1', () => undefined);
}
