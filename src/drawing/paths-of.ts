import type { Chart } from './chart.ts';

/** The words of a state from the chart down, with dots, by its id; empty for the chart itself. */
export type PathOf = (nodeId: string) => string;

export function pathsOf({ nodes }: Chart): PathOf {
  const paths = new Map(nodes.map(({ id, path }) => [id, path.join('.')]));
  return (nodeId) => paths.get(nodeId) ?? nodeId;
}
