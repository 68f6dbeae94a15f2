import type { AnyActor } from 'xstate';

/** A living actor without a parent. */
export interface RootActor {
  /** The part of the program that made it. Each has a copy of XState of its own, and with it session ids of its own. */
  readonly part: string;
  readonly actor: AnyActor;
}

/** The actors of this server that have no parent, for those who look at charts. */
export interface RootActors extends Iterable<RootActor> {
  /** Called for each before it is started; it is forgotten when it has ended. */
  add(part: string, actor: AnyActor): void;
  /** Shows each one that comes from now on, before it is started; returns a function that ends it. */
  onAdded(show: (root: RootActor) => void): () => void;
}

export function createRootActors(): RootActors {
  const roots = new Set<RootActor>();
  const listeners = new Set<(root: RootActor) => void>();
  return {
    [Symbol.iterator]: () => roots.values(),
    add(part, actor) {
      const root = { part, actor };
      roots.add(root);
      const forget = () => void roots.delete(root);
      actor.subscribe({ complete: forget, error: forget });
      for (const show of listeners) show(root);
    },
    onAdded(show) {
      listeners.add(show);
      return () => listeners.delete(show);
    },
  };
}
