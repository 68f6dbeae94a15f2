import { type AnyMachineSnapshot, type AnyStateMachine, initialTransition, transition } from 'xstate';
import { adjacencyMapToArray, getAdjacencyMap } from 'xstate/graph';

export interface TourEvent {
  readonly type: string;
}

/** A walk from the birth of a chart to one of its ends. */
export interface Tour<Event extends TourEvent> {
  readonly steps: readonly { readonly event: Event; readonly edge: string }[];
}

interface Edge<Event> {
  readonly id: string;
  readonly event: Event;
  readonly from: string;
  readonly to: string;
}

export interface TourOptions<Event extends TourEvent> {
  readonly machine: AnyStateMachine;
  readonly input: unknown;
  events(snapshot: AnyMachineSnapshot): Event[];
  serialize(snapshot: AnyMachineSnapshot): string;
}

/**
 * Walks that together take every edge of a chart's graph: each goes on to the nearest edge that nobody has taken yet, until
 * it has come to an end.
 */
export function planTours<Event extends TourEvent>(
  options: TourOptions<Event>,
): { readonly tours: Tour<Event>[]; readonly edges: ReadonlySet<string> } {
  const edges = edgesOf(options);
  const leaving = new Map<string, Edge<Event>[]>();
  for (const edge of edges) leaving.set(edge.from, [...(leaving.get(edge.from) ?? []), edge]);
  const untaken = new Set(edges.map(({ id }) => id));
  const initial = born(options.machine, options.input);
  const start = options.serialize(initial);
  const tours: Tour<Event>[] = [];
  while (untaken.size > 0) {
    const steps: Edge<Event>[] = [];
    for (let at = start; ; ) {
      const way: Edge<Event>[] = wayToUntaken(at, leaving, untaken) ?? wayToEnd(at, leaving);
      if (way.length === 0) break;
      for (const edge of way) untaken.delete(edge.id);
      steps.push(...way);
      at = way.at(-1)?.to ?? at;
    }
    tours.push({ steps: steps.map(({ event, id }) => ({ event, edge: id })) });
  }
  return { tours, edges: new Set(edges.map(({ id }) => id)) };
}

/** The snapshots that the pure chart passes through on a tour, one a step. */
export function expectedSnapshots(
  machine: AnyStateMachine,
  input: unknown,
  { steps }: Tour<TourEvent>,
): AnyMachineSnapshot[] {
  let snapshot = born(machine, input);
  return steps.map(({ event }) => {
    [snapshot] = transition(machine, snapshot, event as never);
    return snapshot;
  });
}

function born(machine: AnyStateMachine, input: unknown): AnyMachineSnapshot {
  const [snapshot] = initialTransition(machine, input as never);
  return snapshot;
}

function edgesOf<Event extends TourEvent>({ machine, input, events, serialize }: TourOptions<Event>): Edge<Event>[] {
  const map = getAdjacencyMap(machine, {
    input,
    events: events as never,
    serializeState: serialize as never,
  });
  return adjacencyMapToArray(map).map(({ state, event, nextState }) => {
    const from = serialize(state);
    return { id: `${from} ${JSON.stringify(event)}`, event: event as unknown as Event, from, to: serialize(nextState) };
  });
}

type Leaving<Event> = ReadonlyMap<string, readonly Edge<Event>[]>;

const wayToUntaken = <Event>(from: string, leaving: Leaving<Event>, untaken: ReadonlySet<string>) =>
  shortestWay(from, leaving, ({ id }) => untaken.has(id));

const wayToEnd = <Event>(from: string, leaving: Leaving<Event>) =>
  shortestWay(from, leaving, ({ to }) => !leaving.has(to)) ?? [];

function shortestWay<Event>(
  start: string,
  leaving: Leaving<Event>,
  isGoal: (edge: Edge<Event>) => boolean,
): Edge<Event>[] | null {
  const cameBy = new Map<string, Edge<Event> | null>([[start, null]]);
  const queue = [start];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    const candidates = leaving.get(at) ?? [];
    const goal = candidates.find(isGoal);
    if (goal !== undefined) return wayBack(goal, cameBy);
    for (const edge of candidates) {
      if (cameBy.has(edge.to)) continue;
      cameBy.set(edge.to, edge);
      queue.push(edge.to);
    }
  }
  return null;
}

function wayBack<Event>(last: Edge<Event>, cameBy: ReadonlyMap<string, Edge<Event> | null>): Edge<Event>[] {
  const way: Edge<Event>[] = [];
  for (let edge: Edge<Event> | null | undefined = last; edge != null; edge = cameBy.get(edge.from)) way.unshift(edge);
  return way;
}
