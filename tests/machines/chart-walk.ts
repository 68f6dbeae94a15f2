import type { AnyStateNode, AnyTransitionDefinition } from 'xstate';

export function nodesOf(root: AnyStateNode): AnyStateNode[] {
  return [root, ...Object.values(root.states).flatMap(nodesOf)];
}

/** The node and what it lies in, from the inside out. */
export function lineOf(node: AnyStateNode): AnyStateNode[] {
  return node.parent === undefined ? [node] : [node, ...lineOf(node.parent)];
}

export const isWithin = (node: AnyStateNode, outer: AnyStateNode) => lineOf(node).includes(outer);

/** The transitions of one node as lists of branches: what it does at once, and what it does on each event. */
const branchesOf = ({ always, transitions }: AnyStateNode): readonly (readonly AnyTransitionDefinition[])[] =>
  [always ?? [], ...transitions.values()].filter((branches) => branches.length > 0);

/** What can happen while a node is active: its own branches, and those around it that it does not take for itself. */
export function effectiveBranchesOf(node: AnyStateNode): AnyTransitionDefinition[][] {
  const byEvent = new Map<string, AnyTransitionDefinition[]>();
  for (const branch of lineOf(node).flatMap((outer) => branchesOf(outer).flat())) {
    const taken = byEvent.get(branch.eventType) ?? [];
    if (taken.every(({ guard }) => guard !== undefined)) byEvent.set(branch.eventType, [...taken, branch]);
  }
  return [...byEvent.values()];
}

/** The nodes that can be entered by following arrows, whatever their guards say, without ever entering `closed`. */
export function reachableNodes(root: AnyStateNode, closed: readonly AnyStateNode[] = []): Set<AnyStateNode> {
  const reached = new Set<AnyStateNode>();
  const aimedAt = new Set<AnyStateNode>();
  const pending = [root];
  for (let target = pending.pop(); target !== undefined; target = pending.pop()) {
    if (aimedAt.has(target) || lineOf(target).some((outer) => closed.includes(outer))) continue;
    aimedAt.add(target);
    pending.push(...beginningsOf(target));
    for (const node of lineOf(target)) {
      if (reached.has(node)) continue;
      reached.add(node);
      pending.push(...branchesOf(node).flat().flatMap(targetsOf));
      if (node.type === 'parallel') pending.push(...beginningsOf(node));
    }
  }
  return reached;
}

function beginningsOf(node: AnyStateNode): readonly AnyStateNode[] {
  if (node.type === 'parallel') return Object.values(node.states);
  return node.type === 'compound' ? node.initial.target : [];
}

export const targetsOf = ({ target }: AnyTransitionDefinition): readonly AnyStateNode[] => target ?? [];
