import { handshake } from 'maitred:handshake';
import type { Fault } from '../domain/app-error.ts';
import { startupTasks } from '../domain/startup-task.ts';
import { isListed } from '../domain/tool-visibility.ts';
import type { AdmissionOptions } from '../front/admission.ts';
import { createFront, type Front } from '../front/front.ts';
import type { TaskView } from '../front/readiness.ts';
import type { StdoutGuard } from '../front/stdout-guard.ts';
import type { Door } from './door.ts';
import type { KitchenDoor } from './kitchen-door.ts';
import { viewpointOf } from './session.ts';

type Calls = Parameters<AdmissionOptions['onEdge']>[0];

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
      onEdge: tellAfterTurn((calls) => tell({ type: 'CALLS_CHANGED', ...calls })),
    },
    greet(client) {
      session.clientName = client.name;
    },
    fault: () => sayUnfit(door.view.fault),
    isListed: (tool) => isListed(tool, viewpointOf(session)),
    onWanted: kitchenDoor.want,
    onEnd: (reason) => tell({ type: 'SHUTDOWN_TRIGGERED', reason, atMs: Date.now() }),
  });
}

/** Calls that come and go within one turn leave the chart alone: most of them do, many a turn. */
function tellAfterTurn(tell: (calls: Calls) => void): (calls: Calls) => void {
  let told: Calls = { inFlight: false, waiting: false };
  let latest = told;
  const tellIfNew = () => {
    isTurnAsked = false;
    if (latest.inFlight === told.inFlight && latest.waiting === told.waiting) return;
    told = latest;
    tell(told);
  };
  let isTurnAsked = false;
  return (calls) => {
    latest = calls;
    if (isTurnAsked) return;
    isTurnAsked = true;
    setImmediate(tellIfNew);
  };
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
