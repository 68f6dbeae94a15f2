import { type CallbackActorLogic, type EventObject, fromCallback, fromPromise, type PromiseActorLogic } from 'xstate';
import type { StartedBy } from '../domain/inspection.ts';

/** What promise work gets beside its input. */
export interface WorkScope {
  /** Aborted when the chart leaves the state that invoked the work. */
  readonly signal: AbortSignal;
  /** The actor that does the work: a chart that the work starts is shown below it. */
  readonly startedBy: StartedBy;
}

/** Work that settles once; its output or error sends the chart on. */
type PromiseWork = (input: never, scope: WorkScope) => Promise<unknown>;

type KindOf<Method> = Method extends PromiseWork ? 'promise' : 'callback';

type ActorOf<Method> = Method extends (input: infer Input, scope: WorkScope) => Promise<infer Output>
  ? PromiseActorLogic<Output, Input>
  : Method extends (input: infer Input, send: (event: infer Event extends EventObject) => void) => () => void
    ? CallbackActorLogic<Event, Input>
    : never;

export type ActorsOf<Work> = { readonly [Name in keyof Work]: ActorOf<Work[Name]> };

/** The work behind a chart, declared once. */
export interface WorkDefinition<Work> {
  readonly kinds: { readonly [Name in keyof Work]: KindOf<Work[Name]> };
  /** Wraps each function as an actor. */
  actors(work: Work): ActorsOf<Work>;
}

/**
 * Declares the work behind a chart. `Work` is an interface of functions: `(input, { signal, startedBy }) => Promise<output>` for `promise`,
 * `(input, send) => stop` for `callback`.
 */
export function defineWork<Work extends object>(kinds: WorkDefinition<Work>['kinds']): WorkDefinition<Work> {
  const wrap = (kind: unknown, method: (input: never, second: never) => unknown) =>
    kind === 'promise'
      ? fromPromise(({ input, signal, self }) =>
          Promise.resolve(method(input as never, { signal, startedBy: self } satisfies WorkScope as never)),
        )
      : fromCallback(({ input, sendBack }) => method(input as never, sendBack as never) as () => void);
  return {
    kinds,
    actors(work) {
      const methods = work as Readonly<Record<string, (...args: never[]) => unknown>>;
      const wrapped = Object.entries(kinds).map(([name, kind]) => [
        name,
        wrap(kind, (input, second) => methods[name]?.(input, second)),
      ]);
      return Object.fromEntries(wrapped) as ActorsOf<Work>;
    },
  };
}

/** Stand-ins for a chart that is only drawn or explored. Starting one fails with its name. */
export function notProvided<Work extends object>({ kinds, actors }: WorkDefinition<Work>): ActorsOf<Work> {
  const fail = (name: string) => () => {
    throw new Error(`the work ${name} is not provided`);
  };
  return actors(Object.fromEntries(Object.keys(kinds).map((name) => [name, fail(name)])) as unknown as Work);
}
