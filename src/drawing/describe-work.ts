import type { ChartInvoke, ChartWork } from './chart.ts';
import type { InvokeSource, NodeSource } from './chart-source.ts';
import { nameOf } from './name-of.ts';

const spawnType = 'xstate.spawnChild';
/** XState starts and stops the clock of a delay by actions of its own. */
const isOwnOfXstate = (name: string) => name.startsWith('xstate.');

export function describeWork({ invoke, entry }: NodeSource): ChartWork {
  const spawns = entry.filter((action) => nameOf(action, '') === spawnType);
  return {
    invokes: invoke.map(describeInvoke),
    spawns: spawns.map((action) => nameOf((action as { src?: unknown }).src, 'an actor')),
    entry: entry.map((action) => nameOf(action, 'an action')).filter((name) => !isOwnOfXstate(name)),
  };
}

const describeInvoke = ({ id, src }: InvokeSource): ChartInvoke => ({
  id,
  src: typeof src === 'string' && src !== id ? src : null,
});

export const invokeText = ({ id, src }: ChartInvoke): string => (src === null ? id : `${id} (${src})`);
