import { mergeArrows } from './arrow.ts';
import { type Chart, type ChartEdge, type ChartNode, pathsOf } from './chart.ts';

/**
 * A chart with some of its states collapsed: their descendants are removed, edges from and to descendants are moved to the collapsed state, and each
 * collapsed state has the number of states that it hides.
 * @param paths of the states, with dots; the chart itself, states without children and unknown paths have no effect
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
    edges: shownEdges(chart, shownId),
  };
}

/** From this many edges between a collapsed state and another, the last ones are replaced by a count. */
const fewestForOthers = 4;

/** Keeps the edges of visible states, and those that leave a collapsed state; drops those inside a collapsed state. */
function shownEdges({ edges }: Chart, shownId: (id: string) => string): ChartEdge[] {
  const isOwn = ({ fromId }: ChartEdge) => shownId(fromId) === fromId;
  const own = edges.filter(isOwn).flatMap((edge) => shownEdge(edge, shownId));
  const inner = edges.filter((edge) => !isOwn(edge)).flatMap((edge) => shownEdge(edge, shownId));
  return [...own, ...mergeArrows(inner).flatMap((arrow) => firstAndOthers(arrow.edges))];
}

function shownEdge(edge: ChartEdge, shownId: (id: string) => string): ChartEdge[] {
  const fromId = shownId(edge.fromId);
  const toId = edge.toId === null ? null : shownId(edge.toId);
  if (fromId === edge.fromId && toId === edge.toId) return [edge];
  return toId === null || toId === fromId ? [] : [{ ...edge, fromId, toId }];
}

function firstAndOthers(edges: readonly ChartEdge[]): readonly ChartEdge[] {
  const others = edges.slice(fewestForOthers - 2);
  const [other] = others;
  if (other === undefined || edges.length < fewestForOthers) return edges;
  return [
    ...edges.slice(0, fewestForOthers - 2),
    {
      ...other,
      trigger: { kind: 'others', count: others.length },
      eventType: '',
      guard: null,
      isOtherwise: false,
      isError: others.every(({ isError }) => isError),
    },
  ];
}

/**
 * Maps each state, by its id, to the state that shows it while some are collapsed: its outermost collapsed ancestor, or itself.
 * @param collapsed paths of the collapsed states, with dots; the chart itself cannot be collapsed
 */
export function shownStates(chart: Chart, collapsed: ReadonlySet<string>): (id: string) => string {
  const pathOf = pathsOf(chart);
  const shown = new Map<string, string>();
  const isCollapsed = (id: string) => id !== chart.id && collapsed.has(pathOf(id));
  for (const { id, parentId } of chart.nodes) {
    const around = parentId === null ? undefined : shown.get(parentId);
    const isHidden = around !== undefined && (around !== parentId || isCollapsed(around));
    shown.set(id, isHidden ? around : id);
  }
  return (id) => shown.get(id) ?? id;
}
