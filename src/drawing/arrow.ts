import { encodeJson } from '../domain/encode-json.ts';
import { ancestorsOf, type Chart, type ChartEdge } from './chart.ts';
import { triggerText } from './trigger.ts';

/** All edges between the same two states. */
export interface Arrow {
  readonly fromId: string;
  readonly toId: string | null;
  /** Edges with the same label appear once. */
  readonly edges: readonly ChartEdge[];
}

export function mergeArrows(edges: readonly ChartEdge[]): Arrow[] {
  const arrows = new Map<string, Arrow & { edges: ChartEdge[] }>();
  for (const edge of edges) {
    const key = encodeJson([edge.fromId, edge.toId]);
    const arrow = arrows.get(key) ?? { fromId: edge.fromId, toId: edge.toId, edges: [] };
    arrows.set(key, arrow);
    const label = edgeLabel(edge);
    if (!arrow.edges.some((other) => edgeLabel(other) === label)) arrow.edges.push(edge);
  }
  return [...arrows.values()];
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
