import type { Phase } from '../domain/server-record.ts';
import type { LifecycleContext } from '../machines/lifecycle.setup.ts';

/** `state`: the state, a task or a degradation; `calls`: the first call has come, or the last has gone. */
export type LifecycleChange = 'state' | 'calls';

/** What is seen of the life cycle, kept by a subscription so that nobody asks the actor for it. */
export interface LifecycleView extends Pick<LifecycleContext, 'records' | 'degraded' | 'shutdown' | 'fault'> {
  readonly state: string;
  readonly phases: readonly Phase[];
  /** Calls back after each change; returns a function that ends it. */
  subscribe(listener: (change: LifecycleChange) => void): () => void;
}

/** The view, for the one who keeps it up to date. */
export interface KeptLifecycleView extends LifecycleView {
  update(snapshot: { readonly value: unknown; readonly context: LifecycleContext }): void;
}

export function createLifecycleView(): KeptLifecycleView {
  const listeners = new Set<(change: LifecycleChange) => void>();
  let state = 'configure';
  let seen: Pick<LifecycleContext, 'records' | 'degraded' | 'shutdown' | 'fault' | 'phases'> = {
    records: {},
    degraded: [],
    shutdown: null,
    fault: null,
    phases: [],
  };
  return {
    get state() {
      return state;
    },
    get records() {
      return seen.records;
    },
    get degraded() {
      return seen.degraded;
    },
    get shutdown() {
      return seen.shutdown;
    },
    get fault() {
      return seen.fault;
    },
    get phases() {
      return seen.phases;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    update({ value, context }) {
      const before = { state, ...seen };
      state = String(value);
      seen = context;
      const isState = before.state !== state || before.records !== seen.records || before.degraded !== seen.degraded;
      for (const listener of listeners) listener(isState ? 'state' : 'calls');
    },
  };
}
