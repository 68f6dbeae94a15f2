import { expect, it, vi } from 'vitest';
import type { AnyActor, AnyStateMachine, AnyStateNode, AnyTransitionDefinition, EventObject, StateValue } from 'xstate';
import type { StartedWork } from '../fixtures/commanded-work.ts';
import { nodesOf } from './chart-walk.ts';

/** What happens in a state: the chart starts, an event comes, work settles, or time passes. */
type Happening<Event> =
  | Event
  | { readonly begins: true }
  | { readonly done: string; readonly output?: unknown; readonly attempt?: number }
  | { readonly fails: string; readonly error: unknown }
  | { readonly work: string; readonly sends: Event }
  | { readonly afterMs: number };

/**
 * A state, what happens in it, the state after it, and what can be seen from outside then. Every chart shows
 * - `doing`: the work that goes on, in the order of its start;
 * - `starts`: the input of the work that starts with this row, by the name of the work;
 * - `ends`: its output, once it has ended.
 */
export type Row<Event> = readonly [
  state: string,
  happens: Happening<Event>,
  next: string,
  sees?: Readonly<Record<string, unknown>>,
];

export interface Story<Event, Given = undefined> {
  readonly title: string;
  /** What makes the chart of this story another one. */
  readonly given?: Given;
  readonly rows: readonly Row<Event>[];
}

/** For a first row: what can be seen once the chart has started. */
export const begins = { begins: true } as const;
/** The work of this name ends well. `attempt` 1 is its first start; without it, the latest. */
export const done = (work: string, output?: unknown, attempt?: number) => ({
  done: work,
  output,
  ...(attempt === undefined ? {} : { attempt }),
});
export const broken = new Error('broken');
export const fails = (work: string, error: unknown = broken) => ({ fails: work, error });
/** Nothing changes before that. */
export const after = (afterMs: number) => ({ afterMs });
export const sends = <Event>(work: string, event: Event) => ({ work, sends: event });

/** A chart that runs, with doubles for its work. */
export interface Run<Event> {
  /** Not started yet. */
  readonly actor: AnyActor;
  /** Every start of its work, oldest first. */
  started(): readonly StartedWork[];
  send(event: Event): void;
  /** What can be seen of this chart besides its work and its output. */
  sees?(): Readonly<Record<string, unknown>>;
}

/**
 * Tells each story to a chart of its own. The last test names the arrows of the chart that no story has: a new one needs a story.
 * @param unseen arrows that only a chart that starts takes: nothing is seen of them
 */
export function testStories<Event extends EventObject, Given = undefined>(
  machine: AnyStateMachine,
  run: (given: Given | undefined) => Run<Event>,
  stories: readonly Story<Event, Given>[],
  unseen: readonly string[] = [],
): void {
  const tell = async ({ given, rows }: Story<Event, Given>) => {
    // The charts look at the time too.
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    try {
      return await tellRows(run(given), rows);
    } finally {
      vi.useRealTimers();
    }
  };
  it.each(stories.map((story) => [story.title, story] as const))('%s', async (_, story) => void (await tell(story)));

  it('every arrow of the chart is in a story', async () => {
    const told = new Set<string>();
    for (const story of stories) for (const arrow of await tell(story)) told.add(arrow);
    expect(arrowsOf(machine.root).filter((arrow) => !told.has(arrow))).toEqual(unseen);
  });
}

/** Returns the arrows that the chart has taken. */
async function tellRows<Event extends EventObject>(
  { actor, started, send, sees = () => ({}) }: Run<Event>,
  rows: readonly Row<Event>[],
): Promise<ReadonlySet<string>> {
  const taken = arrowsTakenBy(actor);
  actor.start();
  await settled();
  let known = 0;
  const look = () => {
    const { value, output } = actor.getSnapshot();
    const works = started();
    return {
      state: pathOf(value),
      doing: works.filter(({ isRunning }) => isRunning).map(({ name }) => name),
      starts: Object.fromEntries(works.slice(known).map(({ name, input }) => [name, input])),
      ends: output,
      ...sees(),
    };
  };
  for (const [index, [state, happens, next, seen]] of rows.entries()) {
    const row = `row ${index + 1}, ${JSON.stringify(happens)}`;
    if (!('begins' in happens)) known = started().length;
    const before = look();
    expect(before.state, row).toBe(state);
    if ('begins' in happens) {
      // The chart has started.
    } else if ('afterMs' in happens) {
      vi.advanceTimersByTime(happens.afterMs - 1);
      await settled();
      expect(look(), `${row}, 1 ms before`).toEqual(before);
      vi.advanceTimersByTime(1);
    } else if ('done' in happens || 'fails' in happens) settle(started(), happens);
    else if ('sends' in happens) startOf(started(), happens.work).send(happens.sends);
    else send(happens);
    await settled();
    const expected = { state: next, ...seen };
    const now: Readonly<Record<string, unknown>> = look();
    expect(Object.fromEntries(Object.keys(expected).map((key) => [key, now[key]])), row).toEqual(expected);
  }
  return taken;
}

/** `running.up` for a state within another one. */
const pathOf = (value: StateValue): string =>
  typeof value === 'string'
    ? value
    : Object.entries(value)
        .map(([name, inner]) => (inner === undefined ? name : `${name}.${pathOf(inner)}`))
        .join(' ');

const settled = () => new Promise((resolve) => setImmediate(resolve));

function settle(
  started: readonly StartedWork[],
  happens: Extract<Happening<never>, { done: string } | { fails: string }>,
) {
  if ('done' in happens) startOf(started, happens.done, happens.attempt).resolve(happens.output);
  else startOf(started, happens.fails).reject(happens.error);
}

function startOf(started: readonly StartedWork[], name: string, attempt = 0): StartedWork {
  const start = started.filter((one) => one.name === name).at(attempt - 1);
  if (start === undefined) throw new Error(`${name} has not been started`);
  return start;
}

/** The names of the arrows that a chart takes from now on. */
export function arrowsTakenBy(actor: AnyActor): ReadonlySet<string> {
  const taken = new Set<string>();
  actor.system.inspect((event) => {
    if (event.type === '@xstate.microstep' && event.actorRef === actor)
      for (const transition of event._transitions) taken.add(nameOf(transition));
  });
  return taken;
}

export const arrowsOf = (root: AnyStateNode): string[] =>
  nodesOf(root).flatMap(({ transitions, always }) =>
    [...[...transitions.values()].flat(), ...(always ?? [])].map(nameOf),
  );

function nameOf(transition: AnyTransitionDefinition): string {
  const { source, eventType } = transition;
  const branches = source.transitions.get(eventType) ?? source.always ?? [];
  return `${source.id} on ${eventType === '' ? 'at once' : eventType}, branch ${branches.indexOf(transition) + 1}`;
}
