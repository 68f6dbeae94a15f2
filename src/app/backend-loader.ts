import { startTimer } from '../domain/timers.ts';
import type { BuildTimeAnswers } from '../front/build-time-answers.ts';
import type { Front } from '../front/front.ts';
import { guardDescriptor } from '../front/stdout-guard.ts';
import type { ClientConnection } from './client-connection.ts';
import type { Host } from './host.ts';
import { createTaskRunner, type TaskRunner } from './task-runner.ts';

/** What no answer needs waits this long after the backend is attached: the first calls come first. */
const firstCallsMs = 250;
/** … or this long after the backend was requested, if it is not attached by then. */
const quietWithoutBackendMs = 1_000;

/** Loads the backend when it is first needed. */
export interface BackendLoader {
  /** The functions of the start-up tasks: at first the loading of the backend, which brings the others. */
  readonly tasks: TaskRunner;
  /** The list has been answered, or a request needs the backend. */
  request(): void;
  /** Settles when the first calls have had their turn. */
  whenQuiet(): Promise<void>;
}

/** @param getFront null before it is made */
export function createBackendLoader(
  host: Host,
  connection: ClientConnection,
  { changeList }: Pick<BuildTimeAnswers, 'changeList'>,
  getFront: () => Front | null,
): BackendLoader {
  const { context, connections, inspection, send } = host;
  let isRequested = false;
  let onQuiet: () => void = () => undefined;
  const quiet = new Promise<void>((resolve) => {
    onQuiet = resolve;
  });

  const load = async (signal: AbortSignal) => {
    const front = getFront();
    if (front === null) return;
    // The heartbeat, the log and every program are in it: it must be of the same build.
    context.files.fetch('work');
    const { openBackend } = context.files.load<typeof import('./server.ts')>('server');
    const backend = await openBackend(host, { connection, front, changeList }, signal);
    signal.throwIfAborted();
    tasks.add(backend.tasks);
    backend.attach();
    startTimer(onQuiet, firstCallsMs);
  };
  const tasks = createTaskRunner({ backend: ({ signal }) => load(signal) });

  return {
    tasks,
    request() {
      if (isRequested) {
        // The chart allows one attempt in ten seconds, and ignores the event while the backend is well.
        send({ type: 'RETRY_TASK', name: 'backend', atMs: Date.now() });
      } else {
        isRequested = true;
        startTimer(onQuiet, quietWithoutBackendMs);
        guardDescriptor();
        // Earlier transitions are in the phases: recording them would slow the first list.
        for (const { actor } of context.roots) actor.system.inspect(context.transitions.inspect);
        if (context.place.isInspected) inspection.record();
        send({ type: 'BACKEND_REQUESTED', atMs: Date.now() });
      }
      connections.reconsider();
    },
    whenQuiet: () => quiet,
  };
}
