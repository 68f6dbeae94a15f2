import { guardDescriptor } from '../front/stdout-guard.ts';
import type { Door } from './door.ts';
import { loadChunk } from './load-part.ts';
import { createTaskRunner, type TaskRunner } from './task-runner.ts';

/** What is not needed for an answer waits this long after the kitchen is open: the first calls come first. */
const firstCallsMs = 250;
/** … or this long after the greeting, if the kitchen does not open. */
const kitchenPatienceMs = 1_000;

/** The way from the door to the kitchen: when it is opened, and what waits behind the first calls. */
export interface KitchenDoor {
  readonly tasks: TaskRunner;
  /** The client has been greeted, or asks for something that needs the kitchen. */
  want(): void;
  /** Settles when the first calls have had their turn. */
  whenQuiet(): Promise<void>;
}

/** @param onGreeted called once, before the kitchen is wanted for the first time */
export function createKitchenDoor(door: Door, onGreeted: () => void): KitchenDoor {
  let isBackendRequested = false;
  let tellQuiet: () => void = () => undefined;
  const quiet = new Promise<void>((resolve) => {
    tellQuiet = resolve;
  });

  const open = async (signal: AbortSignal) => {
    const { openKitchen } = loadChunk<typeof import('./server.ts')>(door.files, 'server');
    const kitchen = await openKitchen(door, signal);
    signal.throwIfAborted();
    tasks.learn(kitchen.tasks);
    door.front.attach(kitchen);
    setTimeout(tellQuiet, firstCallsMs).unref();
  };
  const tasks = createTaskRunner({ backend: ({ signal }) => open(signal) });

  return {
    tasks,
    want() {
      if (isBackendRequested) {
        // The chart lets one attempt through in a while; if the kitchen is well, it ignores the event.
        door.tell({ type: 'RETRY_TASK', name: 'backend', atMs: Date.now() });
      } else {
        isBackendRequested = true;
        setTimeout(tellQuiet, kitchenPatienceMs).unref();
        guardDescriptor();
        onGreeted();
        door.tell({ type: 'BACKEND_REQUESTED', atMs: Date.now() });
      }
      door.front.admission.reconsider();
    },
    whenQuiet: () => quiet,
  };
}
