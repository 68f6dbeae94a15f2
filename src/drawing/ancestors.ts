import type { Chart } from './chart.ts';

/** The states around a state, from its parent to the chart itself. */
export function ancestorsOf(id: string, chart: Chart): string[] {
  const parentId = chart.nodes.find((node) => node.id === id)?.parentId ?? null;
  return parentId === null ? [] : [parentId, ...ancestorsOf(parentId, chart)];
}
