import type { NodeProcess } from './node-process.ts';

/** stderr, for all that write to it: a client that has died and no longer reads it is not a crash. */
export function stderrOf({ stderr }: Pick<NodeProcess, 'stderr'>): NodeProcess['stderr'] {
  if (stderr.listenerCount('error') === 0) stderr.on('error', () => undefined);
  return stderr;
}
