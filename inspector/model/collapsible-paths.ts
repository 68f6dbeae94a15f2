import type { Chart } from '../../src/drawing/chart.ts';

/** The paths of the states that have children, shown or hidden, and so can be collapsed or expanded; not of the chart itself. */
export function collapsiblePaths({ nodes }: Chart): ReadonlySet<string> {
  const paths = nodes.flatMap(({ path, hiddenStates }) => [
    path.slice(0, -1).join('.'),
    hiddenStates === undefined ? '' : path.join('.'),
  ]);
  return new Set(paths.filter((path) => path !== ''));
}
