import type { ServerRecord } from '../domain/server-record.ts';
import { readProcessIdentity } from '../services/platform/process-identity.ts';
import { build } from './build.ts';
import type { Door } from './door.ts';

/** What the server says of itself, as of now. */
export function recordServer(door: Door, eventLoopDelayP99Ms = 0): ServerRecord {
  const { view, front, host } = door;
  return {
    formatVersion: 1,
    serverId: door.serverId,
    version: build.version,
    process: readProcessIdentity(host.pid),
    projectDir: door.place.projectDir,
    heartbeatAtMs: Date.now(),
    state: view.state,
    startedAtMs: door.startedAtMs,
    phases: view.phases,
    tasks: view.records,
    callsInFlight: front.admission.inFlight,
    waiting: front.admission.waiting,
    programs: door.children?.programs() ?? [],
    eventLoopDelayP99Ms,
    memoryBytes: host.memoryUsage().rss,
    degraded:
      view.fault === null ? view.degraded : [{ what: 'the server', cause: view.fault.message }, ...view.degraded],
    logFile: door.logFile(),
    shutdownTrigger: view.end?.reason ?? null,
  };
}
