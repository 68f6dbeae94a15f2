import { type Arrow, mergeArrows } from './arrow.ts';
import { ancestorsOf, type Chart, type ChartEdge } from './chart.ts';

/** Which edges of a chart are drawn as arrows; the others become text lines in the box of their source state. Those that are implied are neither. */
export interface EdgePlan {
  readonly arrows: readonly (Arrow & { readonly toId: string })[];
  readonly reactions: readonly Reaction[];
}

export interface Reaction {
  readonly kind: 'stays' | 'reenters' | 'leads';
  readonly edge: ChartEdge;
}

/** If at least this many states fail into the same state, or lead to the same end, arrows would form a bundle of lines. */
const fewestForBundle = { failing: 3, leading: 10 } as const;

export function planEdges(chart: Chart): EdgePlan {
  const shown = chart.edges.filter(({ isImplied }) => isImplied !== true);
  const ends = new Set(chart.nodes.filter(({ type }) => type === 'final').map(({ id }) => id));
  const common = {
    failing: commonTargets(
      shown.filter(({ isError }) => isError),
      fewestForBundle.failing,
    ),
    leading: commonTargets(
      shown.filter(({ toId }) => toId !== null && ends.has(toId)),
      fewestForBundle.leading,
    ),
  };
  const merged = mergeArrows(shown).flatMap(({ edges }) => edges);
  const reactions = merged.flatMap((edge): Reaction[] => {
    const kind = reactionKind(edge, chart, common);
    return kind === null ? [] : [{ kind, edge }];
  });
  const inBoxes = new Set(reactions.map(({ edge }) => edge));
  const arrows = mergeArrows(merged.filter((edge) => !inBoxes.has(edge)));
  return { arrows: arrows.filter((arrow): arrow is Arrow & { toId: string } => arrow.toId !== null), reactions };
}

function reactionKind(
  edge: ChartEdge,
  chart: Chart,
  common: Readonly<Record<'failing' | 'leading', ReadonlySet<string>>>,
): Reaction['kind'] | null {
  const { fromId, toId, isError } = edge;
  if (toId === null) return 'stays';
  if (toId === fromId) return 'reenters';
  if (ancestorsOf(fromId, chart).includes(toId)) return 'leads';
  return common[isError ? 'failing' : 'leading'].has(toId) ? 'leads' : null;
}

/** The states that so many others lead to. */
function commonTargets(edges: readonly ChartEdge[], fewest: number): ReadonlySet<string> {
  const sources = new Map<string, Set<string>>();
  for (const { fromId, toId } of edges) {
    if (toId === null || toId === fromId) continue;
    sources.set(toId, (sources.get(toId) ?? new Set()).add(fromId));
  }
  return new Set([...sources].filter(([, { size }]) => size >= fewest).map(([id]) => id));
}
