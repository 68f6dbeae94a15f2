import type { AnyActorRef, AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate';
import { adjacencyMapToArray, getAdjacencyMap } from 'xstate/graph';
import { statesBefore } from './static-checks.ts';

/** How a chart is walked without being run. */
export interface ExplorationOptions {
  readonly input?: unknown;
  /** What can happen in a configuration, with every payload that makes a difference. */
  events(snapshot: AnyMachineSnapshot): readonly EventObject[];
  /** What makes two configurations different: at least what the guards read. */
  serialize(snapshot: AnyMachineSnapshot): string;
}

/** Every configuration that a chart can come into, and what comes after each. */
export interface Exploration {
  readonly configurations: ReadonlyMap<string, AnyMachineSnapshot>;
  readonly steps: readonly { readonly from: string; readonly to: string }[];
}

const maxSteps = 100_000;

export function exploreChart(machine: AnyStateMachine, { input, events, serialize }: ExplorationOptions): Exploration {
  const map = getAdjacencyMap(machine, { input, events, serializeState: serialize, limit: maxSteps });
  const steps = adjacencyMapToArray(map).map(({ state, nextState }) => ({
    from: serialize(state),
    to: serialize(nextState),
  }));
  return { configurations: new Map(Object.entries(map).map(([key, { state }]) => [key, state])), steps };
}

/** For charts whose guards read no context: every event of the chart, without a payload. */
export const explorationByName: ExplorationOptions = {
  serialize: ({ value, status }) => JSON.stringify([value, status]),
  events({ status, _nodes: nodes }) {
    if (status !== 'active') return [];
    const types = new Set(nodes.flatMap(({ transitions }) => [...transitions.keys()]));
    // What a finished state raises comes by itself.
    return [...types].filter((type) => !type.startsWith('xstate.done.state.')).map((type) => ({ type }));
  },
};

/** Configurations from which no sequence of events leads to an end. */
export function findEndless({ configurations, steps }: Exploration): string[] {
  const before = new Map<string, string[]>();
  for (const { from, to } of steps) before.set(to, [...(before.get(to) ?? []), from]);
  const ending = new Set<string>();
  const pending = [...configurations].filter(([, { status }]) => status === 'done').map(([key]) => key);
  for (let key = pending.pop(); key !== undefined; key = pending.pop()) {
    if (ending.has(key)) continue;
    ending.add(key);
    pending.push(...(before.get(key) ?? []));
  }
  return [...configurations.keys()].filter((key) => !ending.has(key)).map((key) => `no end can be reached from ${key}`);
}

/** Actors that live before a boundary without leave: the spawned ones, which no state names. */
export function findActorsBefore(
  { root }: AnyStateMachine,
  { configurations }: Exploration,
  { boundary, aside, allowed }: { boundary: string; aside: readonly string[]; allowed: readonly string[] },
): string[] {
  const early = statesBefore(root, boundary, aside);
  const lives = [...configurations.values()]
    .filter(({ _nodes: nodes }) => nodes.every((node) => early.has(node)))
    .flatMap(({ children, value }) => actorsIn(children).map(([id, { src }]) => ({ id, src, value })));
  const complaints = lives
    .filter(({ src }) => typeof src !== 'string' || !allowed.includes(src))
    .map(({ id, value }) => `${id} lives in ${JSON.stringify(value)}, before ${boundary}`);
  return [...new Set(complaints)];
}

const actorsIn = (children: object) => Object.entries(children) as [string, AnyActorRef][];
