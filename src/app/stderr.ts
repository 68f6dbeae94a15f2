import type { Host } from './host.ts';

/** stderr, for whoever writes to it: that a client which has died reads it no more is no crash. */
export function stderrOf({ stderr }: Pick<Host, 'stderr'>): Host['stderr'] {
  if (stderr.listenerCount('error') === 0) stderr.on('error', () => undefined);
  return stderr;
}
