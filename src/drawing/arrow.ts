import { encodeJson } from '../domain/encode-json.ts';
import { ancestorsOf, type Chart, type ChartEdge } from './chart.ts';
import { triggerText } from './trigger.ts';

/** All edges between the same two states. */
export interface Arrow {
  readonly fromId: string;
  readonly toId: string | null;
  /** Edges with the same trigger are one, whose guard names all their conditions. */
  readonly edges: readonly ChartEdge[];
}

export function mergeArrows(edges: readonly ChartEdge[]): Arrow[] {
  const arrows = groupBy(edges, ({ fromId, toId }) => encodeJson([fromId, toId]));
  return arrows.map(([first, ...others]) => ({
    fromId: first.fromId,
    toId: first.toId,
    edges: groupBy([first, ...others], ({ trigger }) => triggerText(trigger)).map(joinConditions),
  }));
}

type Group = readonly [ChartEdge, ...ChartEdge[]];

function groupBy(edges: readonly ChartEdge[], keyOf: (edge: ChartEdge) => string): Group[] {
  const groups = new Map<string, [ChartEdge, ...ChartEdge[]]>();
  for (const edge of edges) {
    const group = groups.get(keyOf(edge));
    if (group === undefined) groups.set(keyOf(edge), [edge]);
    else group.push(edge);
  }
  return [...groups.values()];
}

function joinConditions([edge, ...others]: Group): ChartEdge {
  const conditions = new Set([edge, ...others].map(conditionOf));
  if (conditions.size === 1) return edge;
  return { ...edge, guard: conditions.has(null) ? null : [...conditions].join(' or '), isOtherwise: false };
}

/** Whether an arrow leads from a state to one of its own descendants. */
export const leadsInward = ({ fromId, toId }: Arrow, chart: Chart): boolean =>
  toId !== null && ancestorsOf(toId, chart).includes(fromId);

/** The trigger of an edge, and its condition in brackets. */
export function edgeLabel(edge: ChartEdge): string {
  const condition = conditionOf(edge);
  return condition === null ? triggerText(edge.trigger) : `${triggerText(edge.trigger)} [${condition}]`;
}

export const conditionOf = ({ guard, isOtherwise }: ChartEdge): string | null => (isOtherwise ? 'otherwise' : guard);
