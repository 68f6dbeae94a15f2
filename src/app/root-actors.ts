import type { AnyActor } from 'xstate';
import type { ActorReference } from '../domain/inspection.ts';
import { createListeners } from '../domain/listeners.ts';
import type { SessionEvents } from './session-events.ts';

/** A running actor without a parent. */
export interface RootActor {
  /** The chunk of the program that made it. Each has a copy of XState of its own, and with it session ids of its own. */
  readonly chunk: string;
  readonly actor: AnyActor;
  /** The actor, of whichever chunk, that asked for it. */
  readonly startedBy: ActorReference | null;
  /** The number of the call that asked for it. */
  readonly call: number | null;
  /** What its agent reports, where it is the chart of an agent session. */
  readonly sessionEvents?: SessionEvents;
}

/** The actors of this process that have no parent, for the inspector. */
export interface RootActors extends Iterable<RootActor> {
  /** Called for each before it is started; it is dropped when it has ended. */
  add(root: RootActor): void;
  /** Shows each one that comes from now on, before it is started; returns a function that ends it. */
  onAdded(show: (root: RootActor) => void): () => void;
}

export function createRootActors(): RootActors {
  const roots = new Set<RootActor>();
  const added = createListeners<[RootActor]>();
  return {
    [Symbol.iterator]: () => roots.values(),
    add(root) {
      const { actor } = root;
      roots.add(root);
      const forget = () => void roots.delete(root);
      actor.subscribe({ complete: forget, error: forget });
      added.notify(root);
    },
    onAdded: added.subscribe,
  };
}
