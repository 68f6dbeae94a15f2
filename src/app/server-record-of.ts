import { cookVariable } from '../domain/cook-mark.ts';
import type { ServerRecord, ServerScenario } from '../domain/server-record.ts';
import { readProcessIdentity } from '../services/platform/process-identity.ts';
import { build } from './build.ts';
import type { Host } from './host.ts';
import type { NodeProcess } from './node-process.ts';
import { requestedScenario } from './requested-scenario.ts';
import type { ServerContext } from './server-context.ts';

/** In characters: a client may send any text. */
const longestClientName = 100;

/** What the server reports about itself, as of now. */
export function serverRecordOf(
  { context, lifecycle, connections, workers, clientName, purpose }: Host,
  eventLoopDelayP99Ms = 0,
): ServerRecord {
  const { state, phases, records, fault, degraded, shutdown } = lifecycle;
  const { nodeProcess } = context;
  const use = purpose();
  return {
    formatVersion: 1,
    serverId: context.serverId,
    version: build.version,
    process: readProcessIdentity(nodeProcess.pid),
    parentPid: nodeProcess.ppid,
    clientName: clientName()?.slice(0, longestClientName) ?? null,
    // Claude Code sets it for the servers of its plugins.
    isFromPlugin: Boolean(nodeProcess.env.CLAUDE_PLUGIN_ROOT),
    ...(nodeProcess.env[cookVariable] ? { isFromCook: true } : {}),
    projectDir: context.place.projectDir,
    heartbeatAtMs: Date.now(),
    state,
    startedAtMs: context.startedAtMs,
    phases,
    tasks: records,
    callsInFlight: connections.inFlight,
    waiting: connections.waiting,
    programs: workers.programs,
    eventLoopDelayP99Ms,
    memoryBytes: memoryBytesOf(nodeProcess),
    degraded: fault === null ? degraded : [{ what: 'the server', cause: fault.message }, ...degraded],
    logFile: context.logFile(),
    shutdownTrigger: shutdown?.trigger ?? null,
    ...use,
    scenario: use?.wrapped === undefined ? scenarioOf(context) : undefined,
  };
}

function scenarioOf(context: ServerContext): ServerScenario | undefined {
  try {
    const request = requestedScenario(context);
    return request === null ? undefined : { kind: request.kind, dir: request.dir };
  } catch {
    // Every answer says what is wrong with it.
    return undefined;
  }
}

function memoryBytesOf(nodeProcess: Pick<NodeProcess, 'memoryUsage'>): number | null {
  try {
    return nodeProcess.memoryUsage().rss;
  } catch {
    // Node reads `/proc` for it, which some sandboxes do not have.
    return null;
  }
}
