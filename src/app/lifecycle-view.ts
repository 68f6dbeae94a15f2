import { createListeners, type Listeners } from '../domain/listeners.ts';
import type { LifecycleContext } from '../machines/lifecycle.setup.ts';

/** `state`: the state, a task or a degradation; `calls`: the first call has come, or the last has gone. */
export type LifecycleChange = 'state' | 'calls';

/** What other parts see of the life cycle, kept by a subscription: reading it does not touch the actor. */
export interface LifecycleView
  extends Pick<LifecycleContext, 'records' | 'degraded' | 'shutdown' | 'fault' | 'phases'>,
    Pick<Listeners<[LifecycleChange]>, 'subscribe'> {
  readonly state: string;
}

/** The view, for the code that keeps it up to date. */
export interface KeptLifecycleView extends LifecycleView {
  update(snapshot: { readonly value: unknown; readonly context: LifecycleContext }): void;
}

export function createLifecycleView(): KeptLifecycleView {
  const { notify, subscribe } = createListeners<[LifecycleChange]>();
  const view: KeptLifecycleView = {
    state: 'configure',
    records: {},
    degraded: [],
    shutdown: null,
    fault: null,
    phases: [],
    subscribe,
    update({ value, context: { records, degraded, shutdown, fault, phases } }) {
      const isNews = view.state !== value || view.records !== records || view.degraded !== degraded;
      Object.assign(view, { state: String(value), records, degraded, shutdown, fault, phases });
      notify(isNews ? 'state' : 'calls');
    },
  };
  return view;
}
