import type { AgentEvent } from '../domain/agent-session/agent-event.ts';
import { encodeJson } from '../domain/encode-json.ts';
import { createListeners } from '../domain/listeners.ts';

/** One thing that an agent has reported. Secrets are in it. */
export interface NumberedEvent {
  /** Names it among the events of its session, from 0. */
  readonly number: number;
  readonly atMs: number;
  readonly event: AgentEvent;
}

/** The newest events of a session that runs, the oldest first, for watchers that attach late. */
export interface SessionEvents extends Iterable<NumberedEvent> {
  /** Events that tell a person nothing are left out. */
  add(event: AgentEvent): void;
  /** Calls back for each event that comes; returns a function that ends it. */
  subscribe(listener: (event: NumberedEvent) => void): () => void;
}

const mostEvents = 500;
/** As JSON. A single event may be longer. */
const mostCharacters = 524_288;

export function createSessionEvents(): SessionEvents {
  const kept: (NumberedEvent & { readonly characters: number })[] = [];
  const listeners = createListeners<[NumberedEvent]>();
  let characters = 0;
  let next = 0;
  return {
    [Symbol.iterator]: () => kept.values(),
    add(event) {
      if (event.type === 'sessionId' || event.type === 'other') return;
      const one = { number: next, atMs: Date.now(), event, characters: encodeJson(event).length };
      next += 1;
      characters += one.characters;
      kept.push(one);
      while (kept.length > mostEvents || (characters > mostCharacters && kept.length > 1))
        characters -= kept.shift()?.characters ?? 0;
      listeners.notify(one);
    },
    subscribe: listeners.subscribe,
  };
}
