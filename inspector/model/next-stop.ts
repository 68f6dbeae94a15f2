import type { Chart } from '../../src/drawing/chart.ts';

/** A state or an actor in a picture that the keyboard can reach. */
export interface Stop {
  /** `stateKey` or `actorKey`. */
  readonly key: string;
  readonly parentKey: string | null;
}

export const stateKey = (path: string) => `state ${path}`;
export const actorKey = (path: string, actorId: string) => `actor ${path} ${actorId}`;

/** In drawing order: each state, then its actors, then its children. The chart itself is not a stop. */
export function stopsOf({ nodes }: Chart): Stop[] {
  return nodes.flatMap(({ path, work }) => {
    const [own, parent] = [path.join('.'), path.slice(0, -1).join('.')];
    const isChart = path.length === 0;
    const state = { key: stateKey(own), parentKey: path.length < 2 ? null : stateKey(parent) };
    const actors = work.invokes.map(({ id }) => ({ key: actorKey(own, id), parentKey: isChart ? null : state.key }));
    return isChart ? actors : [state, ...actors];
  });
}

/** The stop that an arrow key leads to: down and up to siblings, right to the first child, left to the parent; null if there is none. */
export function nextStop(stops: readonly Stop[], key: string, press: string): string | null {
  const stop = stops.find((one) => one.key === key);
  if (stop === undefined) return stops[0]?.key ?? null;
  const beside = stops.filter(({ parentKey }) => parentKey === stop.parentKey);
  const at = beside.indexOf(stop);
  switch (press) {
    case 'ArrowDown':
      return beside[at + 1]?.key ?? null;
    case 'ArrowUp':
      return beside[at - 1]?.key ?? null;
    case 'ArrowRight':
      return stops.find(({ parentKey }) => parentKey === key)?.key ?? null;
    case 'ArrowLeft':
      return stop.parentKey;
    case 'Home':
      return stops[0]?.key ?? null;
    case 'End':
      return stops.at(-1)?.key ?? null;
    default:
      return null;
  }
}
