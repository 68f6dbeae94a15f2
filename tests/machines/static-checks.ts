import type { AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { effectiveBranchesOf, isWithin, lineOf, nodesOf, reachableNodes, targetsOf } from './chart-walk.ts';

/** What is wrong with a chart as it stands, without running it: one sentence each. */
export function checkChart(root: AnyStateNode): string[] {
  return [
    ...findDeadStates(root),
    ...findDeadlocks(root),
    ...findShadowedBranches(root),
    ...findUnhandledFailures(root),
    ...findUnlimitedWork(root),
    ...findUndescribedStates(root),
  ];
}

export function findDeadStates(root: AnyStateNode): string[] {
  const reachable = reachableNodes(root);
  return nodesOf(root)
    .filter((node) => !reachable.has(node))
    .map(({ id }) => `no arrow leads to ${id}`);
}

/** A state that is neither an end nor left by any arrow, its own or one around it. */
export function findDeadlocks(root: AnyStateNode): string[] {
  return nodesOf(root)
    .filter((node) => node.type === 'atomic' && !effectiveBranchesOf(node).flat().some(leaves(node)))
    .map(({ id }) => `nothing leads out of ${id}`);
}

export function findShadowedBranches(root: AnyStateNode): string[] {
  return nodesOf(root).flatMap(({ id, transitions, always }) =>
    [['at once', always ?? []] as const, ...transitions].flatMap(([event, branches]) => {
      const open = branches.findIndex(({ guard }) => guard === undefined);
      const isShadowing = open !== -1 && open < branches.length - 1;
      return isShadowing ? [`${id} on ${event}: branch ${open + 1} has no guard and hides the rest`] : [];
    }),
  );
}

export function findUnhandledFailures(root: AnyStateNode): string[] {
  return nodesOf(root).flatMap(({ id, invoke, transitions }) =>
    invoke
      .filter((actor) => !transitions.has(`xstate.error.actor.${actor.id}`))
      .map((actor) => `${actor.id} in ${id} has no onError`),
  );
}

/** Work that nothing ends: no delay and no deadline leaves its state for certain, and no `meta.lifelong` says why. */
export function findUnlimitedWork(root: AnyStateNode): string[] {
  return nodesOf(root).flatMap((node) =>
    node.invoke
      .filter(({ id }) => !hasLimit(node) && !isLifelong(node, id))
      .map(({ id }) => `${id} in ${node.id} has no limit`),
  );
}

export function findUndescribedStates(root: AnyStateNode): string[] {
  return nodesOf(root)
    .filter(({ description }) => !description?.trim())
    .map(({ id }) => `${id} has no description`);
}

/** Actors that the states before a boundary invoke without leave. States in `aside` are not followed. */
export function findWorkBefore(
  root: AnyStateNode,
  { boundary, aside, allowed }: { boundary: string; aside: readonly string[]; allowed: readonly string[] },
): string[] {
  return [...statesBefore(root, boundary, aside)].flatMap(({ id, invoke }) =>
    invoke
      .filter(({ src }) => typeof src !== 'string' || !allowed.includes(src))
      .map((actor) => `${actor.id} is invoked in ${id}, before ${boundary}`),
  );
}

export function statesBefore(root: AnyStateNode, boundary: string, aside: readonly string[]): Set<AnyStateNode> {
  return reachableNodes(
    root,
    [boundary, ...aside].map((key) => root.machine.getStateNodeById(`${root.id}.${key}`)),
  );
}

const leaves = (node: AnyStateNode) => (transition: AnyTransitionDefinition) =>
  targetsOf(transition).some((target) => !isWithin(target, node));

function hasLimit(node: AnyStateNode): boolean {
  return effectiveBranchesOf(node).some((branches) => {
    const isClock = branches.some(({ eventType }) => /^(xstate\.after\.|[A-Z_]+_PASSED$)/.test(eventType));
    return isClock && branches.every(leaves(node)) && branches.some(({ guard }) => guard === undefined);
  });
}

const isLifelong = (node: AnyStateNode, actorId: string) =>
  lineOf(node).some(({ meta }) => Object.hasOwn((meta as { lifelong?: object } | undefined)?.lifelong ?? {}, actorId));
