import type { ChartEdge } from './chart.ts';
import { triggerText } from './trigger.ts';

/** Edges between the same two states, as one arrow. */
export interface Arrow {
  readonly fromId: string;
  readonly toId: string | null;
  /** One for each edge: what takes it, and its condition in brackets. */
  readonly labels: readonly string[];
}

export function mergeArrows(edges: readonly ChartEdge[]): Arrow[] {
  const arrows = new Map<string, Arrow & { labels: string[] }>();
  for (const edge of edges) {
    const key = JSON.stringify([edge.fromId, edge.toId]);
    const arrow = arrows.get(key) ?? { fromId: edge.fromId, toId: edge.toId, labels: [] };
    arrows.set(key, arrow);
    const label = edgeLabel(edge);
    if (!arrow.labels.includes(label)) arrow.labels.push(label);
  }
  return [...arrows.values()];
}

function edgeLabel({ trigger, guard, isOtherwise }: ChartEdge): string {
  const condition = isOtherwise ? 'otherwise' : guard;
  return condition === null ? triggerText(trigger) : `${triggerText(trigger)} [${condition}]`;
}
