import type { NodeProcess } from './node-process.ts';

export const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Settles with the first request to end. A second one ends the process as usual. */
export function whenAskedToEnd(nodeProcess: Pick<NodeProcess, 'on' | 'off'>): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      for (const signal of endings) nodeProcess.off(signal, end);
      resolve();
    };
    for (const signal of endings) nodeProcess.on(signal, end);
  });
}
