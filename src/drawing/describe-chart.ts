import type { Chart, ChartEdge, ChartNode } from './chart.ts';
import type { NodeSource, TransitionSource } from './chart-source.ts';
import { describeWork } from './describe-work.ts';
import { nameOf } from './name-of.ts';
import { isErrorTrigger, readTrigger } from './trigger.ts';

/** Describes a chart from its root node: `machine.root`. */
export function describeChart(root: NodeSource): Chart {
  const placed = placeNodes(root, [], null);
  return {
    id: root.id,
    description: root.description ?? null,
    nodes: placed.map(describeNode),
    edges: placed.flatMap((at) => [...describeEdges(at.source), ...describeDefault(at, placed)]),
  };
}

interface Placed {
  readonly source: NodeSource;
  readonly path: readonly string[];
  readonly parentId: string | null;
}

function placeNodes(source: NodeSource, path: readonly string[], parentId: string | null): Placed[] {
  const children = Object.values(source.states).flatMap((child) => placeNodes(child, [...path, child.key], source.id));
  return [{ source, path, parentId }, ...children];
}

function describeNode({ source, path, parentId }: Placed): ChartNode {
  return {
    id: source.id,
    path,
    parentId,
    type: source.type,
    history: source.type === 'history' ? source.history || 'shallow' : null,
    initialId: source.type === 'compound' ? (source.initial.target[0]?.id ?? null) : null,
    description: source.description ?? null,
    work: describeWork(source),
  };
}

function describeEdges(source: NodeSource): ChartEdge[] {
  const branches = [source.always ?? [], ...source.transitions.values()];
  return branches.flatMap((branch) => branch.flatMap((transition, at) => edgesOf(source.id, transition, at > 0)));
}

/** Where a state that remembers leads as long as there is nothing to remember, if that is said of it. */
function describeDefault({ source, parentId }: Placed, placed: readonly Placed[]): ChartEdge[] {
  const target = source.type === 'history' ? source.config.target : undefined;
  if (typeof target !== 'string') return [];
  const id = target.startsWith('#') ? target.slice(1) : null;
  const around = placed.find((other) => other.source.id === parentId);
  const path = [...(around?.path ?? []), ...target.split('.')].join('.');
  const to = placed.find((other) => (id === null ? other.path.join('.') === path : other.source.id === id));
  if (to === undefined) return [];
  return [
    {
      fromId: source.id,
      toId: to.source.id,
      trigger: { kind: 'unremembered' },
      eventType: '',
      guard: null,
      isOtherwise: false,
      isError: false,
      description: null,
    },
  ];
}

function edgesOf(fromId: string, transition: TransitionSource, isLater: boolean): ChartEdge[] {
  const { target, eventType, guard, description } = transition;
  const targetIds = target === undefined || target.length === 0 ? [null] : target.map(({ id }) => id);
  const trigger = readTrigger(eventType, fromId);
  return targetIds.map((toId) => ({
    fromId,
    toId,
    trigger,
    eventType,
    guard: guard === undefined ? null : nameOf(guard, 'a condition'),
    isOtherwise: isLater && guard === undefined,
    isError: isErrorTrigger(trigger),
    description: description ?? null,
  }));
}
