import type { ChartEdge } from './chart.ts';
import { triggerText } from './trigger.ts';

/** Edges between the same two states, as one arrow. */
export interface Arrow {
  readonly fromId: string;
  readonly toId: string | null;
  /** Of edges that read the same, the first. */
  readonly edges: readonly ChartEdge[];
}

export function mergeArrows(edges: readonly ChartEdge[]): Arrow[] {
  const arrows = new Map<string, Arrow & { edges: ChartEdge[] }>();
  for (const edge of edges) {
    const key = JSON.stringify([edge.fromId, edge.toId]);
    const arrow = arrows.get(key) ?? { fromId: edge.fromId, toId: edge.toId, edges: [] };
    arrows.set(key, arrow);
    const label = edgeLabel(edge);
    if (!arrow.edges.some((other) => edgeLabel(other) === label)) arrow.edges.push(edge);
  }
  return [...arrows.values()];
}

/** What takes an edge, and its condition in brackets. */
export function edgeLabel(edge: ChartEdge): string {
  const condition = conditionOf(edge);
  return condition === null ? triggerText(edge.trigger) : `${triggerText(edge.trigger)} [${condition}]`;
}

export const conditionOf = ({ guard, isOtherwise }: ChartEdge): string | null => (isOtherwise ? 'otherwise' : guard);
