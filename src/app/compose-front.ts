import { handshake } from 'maitred:handshake';
import type { Fault } from '../domain/app-error.ts';
import { startupTasks } from '../domain/startup-task.ts';
import { isListed } from '../domain/tool-visibility.ts';
import { createFront, type Front } from '../front/front.ts';
import type { TaskView } from '../front/readiness.ts';
import type { StdoutGuard } from '../front/stdout-guard.ts';
import type { Door } from './door.ts';
import type { KitchenDoor } from './kitchen-door.ts';
import { viewpointOf } from './session.ts';

const bytesAMib = 1_048_576;

/** Makes the front of this door: what it may ask of the rest, in one place. */
export function composeFront(door: Door, kitchenDoor: KitchenDoor, { write }: StdoutGuard): Front {
  const { host, session, tell } = door;
  const { settings } = session;
  return createFront({
    stdin: host.stdin,
    stdout: host.stdout,
    write,
    handshake,
    maxMessageBytes: settings.maxMessageMib * bytesAMib,
    log: door.earlyLog.log,
    admission: {
      maxInFlight: settings.maxInFlight,
      maxWaiting: settings.maxWaiting,
      waitMs: settings.readinessWaitSeconds * 1_000,
      task: (name) => viewTask(door, kitchenDoor, name),
      retryTask: (name) => tell({ type: 'RETRY_TASK', name, atMs: Date.now() }),
      logFile: door.logFile,
      onEdge: (calls) => tell({ type: 'CALLS_CHANGED', ...calls }),
    },
    greet(client) {
      session.clientName = client.name;
    },
    fault: () => sayUnfit(door.view.fault),
    isListed: (tool) => isListed(tool, viewpointOf(session)),
    onWanted: kitchenDoor.want,
    onEnd: (reason) => tell({ type: 'ENDED', reason, atMs: Date.now() }),
  });
}

function viewTask({ view }: Door, { tasks }: KitchenDoor, name: string): TaskView | null {
  const record = view.records[name];
  if (record === undefined) return null;
  const description = startupTasks.find((task) => task.name === name)?.description ?? name;
  return { ...record, description, detail: tasks.detail(name) };
}

function sayUnfit(fault: Fault | null): Fault | null {
  if (fault === null) return null;
  return { ...fault, message: `${fault.message}\nMend this, then reconnect: until then no tool of this server works.` };
}
