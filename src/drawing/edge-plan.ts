import { type Arrow, mergeArrows } from './arrow.ts';
import { ancestorsOf, type Chart, type ChartEdge } from './chart.ts';

/** Which edges of a chart are drawn as arrows; the others become text lines in the box of their source state. */
export interface EdgePlan {
  readonly arrows: readonly (Arrow & { readonly toId: string })[];
  readonly reactions: readonly Reaction[];
}

export interface Reaction {
  readonly kind: 'stays' | 'reenters' | 'leads';
  readonly edge: ChartEdge;
}

/** If at least this many states fail into the same state, arrows would form a bundle of lines. */
const fewestForBundle = 3;

export function planEdges(chart: Chart): EdgePlan {
  const failureStates = commonFailureStates(chart.edges);
  const merged = mergeArrows(chart.edges).flatMap(({ edges }) => edges);
  const reactions = merged.flatMap((edge): Reaction[] => {
    const kind = reactionKind(edge, chart, failureStates);
    return kind === null ? [] : [{ kind, edge }];
  });
  const inBoxes = new Set(reactions.map(({ edge }) => edge));
  const arrows = mergeArrows(merged.filter((edge) => !inBoxes.has(edge)));
  return { arrows: arrows.filter((arrow): arrow is Arrow & { toId: string } => arrow.toId !== null), reactions };
}

function reactionKind(edge: ChartEdge, chart: Chart, failureStates: ReadonlySet<string>): Reaction['kind'] | null {
  const { fromId, toId, isError } = edge;
  if (toId === null) return 'stays';
  if (toId === fromId) return 'reenters';
  if (ancestorsOf(fromId, chart).includes(toId)) return 'leads';
  return isError && failureStates.has(toId) ? 'leads' : null;
}

function commonFailureStates(edges: readonly ChartEdge[]): ReadonlySet<string> {
  const sources = new Map<string, Set<string>>();
  for (const { fromId, toId, isError } of edges) {
    if (!isError || toId === null || toId === fromId) continue;
    sources.set(toId, (sources.get(toId) ?? new Set()).add(fromId));
  }
  return new Set([...sources].filter(([, { size }]) => size >= fewestForBundle).map(([id]) => id));
}
