import { writeSync } from 'node:fs';
import { createActor, type SnapshotFrom } from 'xstate';
import { toFault } from '../domain/app-error.ts';
import { shutdownPolicyFor } from '../domain/shutdown-policy.ts';
import { startupTasks } from '../domain/startup-task.ts';
import { createLifecycleMachine } from '../machines/lifecycle.machine.ts';
import type { LifecycleOutput } from '../machines/lifecycle.setup.ts';
import { createLifecycleActors } from './actors/lifecycle-actors.ts';
import { type CrashRecorder, createCrashRecorder } from './crash-recorder.ts';
import { type Arrival, createDoor, type Door } from './door.ts';
import { createKitchenDoor } from './kitchen-door.ts';
import { loadChunk } from './load-part.ts';
import { refuseDebugger } from './refuse-debugger.ts';
import { crashFault } from './shutdown-triggers.ts';
import { workOfLife } from './work-of-life.ts';

const stderrFd = 2;

/** Opens the door and lives until the end of the lifecycle chart; then the process exits with its code. */
export function openDoor(arrival: Arrival): void {
  const { host } = arrival;
  if (host.platform === 'win32') {
    writeSync(stderrFd, 'maitred: serve runs on Linux and macOS; on Windows, run it in WSL.\n');
    host.exit(1);
  }
  refuseDebugger(host);
  const door = createDoor(arrival, (event) => actor.send(event));
  // The first transitions stand in the phases; looking at them would cost the first list.
  const kitchenDoor = createKitchenDoor(door, () => {
    actor.system.inspect(door.transitions.inspect);
    if (door.place.isInspected) beginRecording(door);
  });
  const recordCrash = createCrashRecorder(door);
  const { wireTransport, ...work } = workOfLife(door, kitchenDoor, recordCrash);
  const machine = createLifecycleMachine({ actors: createLifecycleActors(work), wireTransport });
  const actor = createActor(machine, { input: { transport: 'stdio', tasks: startupTasks } });
  actor.subscribe({
    next: (snapshot) => follow(door, snapshot),
    error: (problem) => leaveBroken(door, recordCrash, problem),
    complete() {
      const { output } = actor.getSnapshot();
      if (output !== undefined) exit(door, output);
    },
  });
  // After the subscription: the last that is shown of this actor is its end.
  door.roots.add('lifecycle', actor);
  actor.start();
}

/** A server whose charts cannot be recorded serves all the same. */
function beginRecording(door: Door): void {
  try {
    loadChunk<typeof import('./inspection.ts')>(door.files, 'inspection').startInspection(door, 'greeting');
  } catch (problem) {
    door.tell({ type: 'DEGRADED', what: 'inspection', cause: toFault(problem).message });
  }
}

/** Keeps what can be seen of the lifecycle, and tells whom it concerns. */
function follow(door: Door, { value, context }: SnapshotFrom<ReturnType<typeof createLifecycleMachine>>): void {
  const { records, degraded, end, fault, phases } = context;
  const before = door.view;
  door.view = { state: String(value), records, degraded, end, fault, phases };
  const hasTasks = Object.keys(records).length > 0;
  if (before.records !== records && hasTasks) door.front.admission.reconsider();
  for (const { state, atMs } of phases.slice(before.phases.length))
    door.earlyLog.log.info('state_entered', { state, after_ms: atMs - door.startedAtMs });
  const isNews = before.state !== door.view.state || before.records !== records || before.degraded !== degraded;
  door.announce(isNews ? 'state' : 'calls');
}

/** The chart itself is broken: what it would do at a crash is done without it. */
function leaveBroken(door: Door, recordCrash: CrashRecorder, problem: unknown): void {
  const fault = crashFault(recordCrash(problem));
  const policy = shutdownPolicyFor('crashed', 0);
  const leave = () => exit(door, { exitCode: 70, fault });
  setTimeout(leave, policy.hardDeadlineMs).unref();
  Promise.resolve()
    .then(() => {
      const deadline = AbortSignal.timeout(policy.hardDeadlineMs);
      return Promise.all([door.front.drain(policy, fault, deadline), door.background?.drain(0, deadline)]);
    })
    .then(leave, leave);
}

function exit({ host, children, inspection }: Door, { exitCode, fault }: LifecycleOutput): void {
  try {
    children?.leave();
  } catch {
    // The guardian has not been dismissed: it ends what is left.
  }
  try {
    inspection?.leave();
  } catch {
    // Who looks sees that the server has gone.
  }
  try {
    if (fault !== null) writeSync(stderrFd, `maitred: ${fault.message}\n`);
  } catch {
    // Nobody reads stderr any more; the exit code says it too.
  }
  host.exit(exitCode);
}
