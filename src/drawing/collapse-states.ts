import type { Chart, ChartEdge, ChartNode } from './chart.ts';
import { shownStates } from './shown-states.ts';

/**
 * A chart with some of its states closed: what is in them is gone, arrows from and to it lead from and to them, and each says how many states it hides.
 * @param paths words of the states, with dots; the chart itself, states without others in them, and words that lead to none change nothing
 */
export function collapseStates(chart: Chart, paths: ReadonlySet<string>): Chart {
  const shownId = shownStates(chart, paths);
  const hidden = new Map<string, number>();
  for (const { id } of chart.nodes) {
    const shown = shownId(id);
    if (shown !== id) hidden.set(shown, (hidden.get(shown) ?? 0) + 1);
  }
  if (hidden.size === 0) return chart;
  const nodes = chart.nodes.filter(({ id }) => shownId(id) === id);
  return {
    ...chart,
    nodes: nodes.map((node): ChartNode => {
      const hiddenStates = hidden.get(node.id);
      if (hiddenStates !== undefined) return { ...node, initialId: null, hiddenStates };
      return node.initialId === null ? node : { ...node, initialId: shownId(node.initialId) };
    }),
    edges: chart.edges.flatMap((edge) => shownEdge(edge, shownId)),
  };
}

/** What happens within a closed state is not shown; what it does itself is. */
function shownEdge(edge: ChartEdge, shownId: (id: string) => string): ChartEdge[] {
  const fromId = shownId(edge.fromId);
  const toId = edge.toId === null ? null : shownId(edge.toId);
  if (fromId === edge.fromId && toId === edge.toId) return [edge];
  return toId === null || toId === fromId ? [] : [{ ...edge, fromId, toId }];
}
