import type { Chart } from '../../src/drawing/chart.ts';

/** Paths of the states that can be closed, or are: those with others in them. The chart itself cannot be. */
export function foldablePaths({ nodes }: Chart): ReadonlySet<string> {
  const paths = nodes.flatMap(({ path, hiddenStates }) => [
    path.slice(0, -1).join('.'),
    hiddenStates === undefined ? '' : path.join('.'),
  ]);
  return new Set(paths.filter((path) => path !== ''));
}
