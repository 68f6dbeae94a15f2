import type { Phase } from '../domain/server-record.ts';
import type { Front } from '../front/front.ts';
import type { LifecycleContext, LifecycleEvent } from '../machines/lifecycle.setup.ts';
import type { EarlyLog } from './early-log.ts';
import type { Host } from './host.ts';
import type { DoorRead, Place } from './read-door.ts';
import type { Session } from './session.ts';
import type { TaskRunner } from './task-runner.ts';

/** What can be seen of the lifecycle, kept by a subscription so that nobody asks the actor for it. */
export interface LifecycleView extends Pick<LifecycleContext, 'records' | 'degraded' | 'end' | 'fault'> {
  readonly state: string;
  readonly phases: readonly Phase[];
}

/** Everything that the first bundle has made, for the bundles that are loaded later. */
export interface Door {
  readonly host: Host;
  readonly serverId: string;
  readonly startedAtMs: number;
  readonly place: Place;
  readonly session: Session;
  readonly earlyLog: EarlyLog;
  readonly tasks: TaskRunner;
  readonly view: LifecycleView;
  /** The last 200 transitions, oldest first. */
  readonly transitions: readonly unknown[];
  readonly front: Front;
  /** What was read for the door; null before that. */
  readonly read: DoorRead | null;
  tell(event: LifecycleEvent): void;
  /** Calls back when state, tasks or degradations have changed (`state`), or calls have come or gone (`calls`); returns a function that ends it. */
  onChange(listener: (what: 'state' | 'calls') => void): () => void;
  logFile(): string | null;
}
