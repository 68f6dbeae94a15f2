import type { WrappedCommand } from '../../domain/server-record.ts';
import { isoTime } from '../report.ts';
import { type DoubleRegistration, keepTheEntry, keepThePlugin } from './double-registrations.ts';
import type { ServerView, StatusReport, TaskView } from './status-report.ts';

/** The report for programs: snake_case, times as ISO strings, durations in milliseconds. */
export function statusJson(report: StatusReport): object {
  return {
    state_dir: report.stateDir,
    state_dir_fallback: report.whyFallback,
    log_file: report.logFile,
    log_file_exists: report.hasLogFile,
    servers: report.servers.map(serverJson),
    last_server: report.lastServer === null ? null : serverJson(report.lastServer),
    registered_twice: report.doubleRegistrations.map(doubleJson),
    left_out: report.leftOut,
  };
}

const doubleJson = ({ plugin, entry }: DoubleRegistration) => ({
  client_pid: plugin.parentPid,
  project: plugin.projectDir,
  plugin_server: plugin.serverId,
  entry_server: entry.serverId,
  keep_plugin: keepThePlugin,
  keep_entry: keepTheEntry,
});

function serverJson(view: ServerView): object {
  const { record, slowTask } = view;
  return {
    id: record.serverId,
    pid: record.process.pid,
    client: { name: record.clientName ?? null, pid: view.clientPid },
    project: record.projectDir,
    version: record.version,
    health: view.health,
    state: record.state,
    started_at: isoTime(record.startedAtMs),
    up_ms: view.upMs,
    beat_at: isoTime(record.heartbeatAtMs),
    since_beat_ms: view.sinceHeartbeatMs,
    phases: view.phases.map(({ state, atMs, afterMs }) => ({ state, at: isoTime(atMs), after_ms: afterMs })),
    tasks: view.tasks.map(taskJson),
    slow_task: slowTask === null ? null : taskJson(slowTask),
    calls_in_flight: record.callsInFlight,
    waiting: view.waiting.map(({ tool, waitsFor, forMs }) => ({ tool, waits_for: waitsFor, for_ms: forMs })),
    event_loop_delay_p99_ms: record.eventLoopDelayP99Ms,
    memory_bytes: record.memoryBytes,
    degraded: record.degraded,
    log_file: record.logFile,
    end_reason: record.shutdownTrigger,
    scenario: record.scenario === undefined ? null : { does: record.scenario.kind, folder: record.scenario.dir },
    order: record.recipeRun === undefined ? null : { recipe: record.recipeRun.recipe, run_id: record.recipeRun.runId },
    wraps: record.wrapped === undefined ? null : wrappedJson(record.wrapped),
  };
}

const wrappedJson = ({
  name,
  command,
  state,
  sinceMs,
  pid,
  starts,
  cause,
  stderrTail,
  lastFailure,
}: WrappedCommand) => ({
  name,
  command,
  state,
  since: isoTime(sinceMs),
  pid,
  starts,
  cause,
  stderr: stderrTail,
  last_failure: lastFailure && { at: isoTime(lastFailure.atMs), cause: lastFailure.cause, stderr: lastFailure.output },
});

function taskJson({ name, description, status, gating, attempts, forMs, cause }: TaskView): object {
  return { name, description, status, gating, attempts, for_ms: forMs, cause };
}
