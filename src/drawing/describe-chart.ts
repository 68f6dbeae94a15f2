import { isJsonObject } from '../domain/json-object.ts';
import type { Chart, ChartEdge, ChartInvoke, ChartNode, ChartWork } from './chart.ts';
import { isErrorTrigger, readTrigger } from './trigger.ts';

/** The members of an XState state node that a drawing needs. */
interface NodeSource {
  readonly id: string;
  readonly key: string;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  readonly history: 'shallow' | 'deep' | false;
  readonly description?: string | undefined;
  /** `target`: the default transition of a history state. */
  readonly config: { readonly target?: unknown };
  readonly states: { readonly [key: string]: NodeSource };
  readonly initial: { readonly target: readonly NodeSource[] };
  readonly entry: readonly unknown[];
  readonly invoke: readonly { readonly id: string; readonly src: unknown }[];
  readonly transitions: { values(): Iterable<readonly TransitionSource[]> };
  readonly always?: readonly TransitionSource[] | undefined;
}

interface TransitionSource {
  readonly target: readonly NodeSource[] | undefined;
  readonly eventType: string;
  readonly guard?: unknown;
  readonly description?: string | undefined;
  /** As JSON: a definition may come from anywhere. */
  readonly meta?: unknown;
}

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

/** The default transition of a history state, if it has one. */
function describeDefault({ source, parentId }: Placed, placed: readonly Placed[]): ChartEdge[] {
  const target = source.type === 'history' ? source.config.target : undefined;
  if (typeof target !== 'string') return [];
  const id = target.startsWith('#') ? target.slice(1) : null;
  const around = placed.find((other) => other.source.id === parentId);
  const path = [...(around?.path ?? []), ...target.split('.')].join('.');
  const to = placed.find((other) => (id === null ? other.path.join('.') === path : other.source.id === id));
  if (to === undefined) return [];
  const [edge] = edgesOf(source.id, { target: [to.source], eventType: '' }, false);
  return edge === undefined ? [] : [{ ...edge, trigger: { kind: 'unremembered' } }];
}

function edgesOf(fromId: string, transition: TransitionSource, isLater: boolean): ChartEdge[] {
  const { target, eventType, guard, description, meta } = transition;
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
    ...(isJsonObject(meta) && meta.isImplied === true ? { isImplied: true as const } : {}),
  }));
}

function describeWork({ invoke, entry }: NodeSource): ChartWork {
  const spawns = entry.filter((action) => nameOf(action, '') === spawnType);
  return {
    invokes: invoke.map(describeInvoke),
    spawns: spawns.map((action) => nameOf((action as { src?: unknown }).src, 'an actor')),
    entry: entry.map((action) => nameOf(action, 'an action')).filter((name) => !isBuiltIn(name)),
  };
}

const spawnType = 'xstate.spawnChild';
/** XState starts and cancels the timer of a delay with actions of its own. */
const isBuiltIn = (name: string) => name.startsWith('xstate.');

const describeInvoke = ({ id, src }: NodeSource['invoke'][number]): ChartInvoke => ({
  id,
  src: typeof src === 'string' && src !== id ? src : null,
});

export const invokeText = ({ id, src }: ChartInvoke): string => (src === null ? id : `${id} (${src})`);

/** The name of an action, guard or actor, which XState gives as a string, as an object with a type, or as a function. */
function nameOf(source: unknown, unnamed: string): string {
  if (typeof source === 'string') return source;
  const { type, name } = Object(source) as { type?: unknown; name?: unknown };
  if (typeof type === 'string') return type;
  return typeof name === 'string' && name !== '' ? name : unnamed;
}
