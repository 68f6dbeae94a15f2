import { durationText } from '../../domain/duration-text.ts';
import { missingInit } from '../../domain/missing-init.ts';
import { printable } from '../../domain/printable-text.ts';
import type { ServerRecord } from '../../domain/server-record.ts';
import type { ShutdownTrigger } from '../../domain/shutdown-policy.ts';
import { hasOurPids } from '../../services/platform/process-identity.ts';
import { type Paint, row } from '../report.ts';
import { type DoubleRegistration, keepTheEntry, keepThePlugin } from './double-registrations.ts';
import type { ServerHealth, ServerView, StatusReport, TaskView } from './status-report.ts';

const whyEnded: Readonly<Record<ShutdownTrigger, string>> = {
  eof: 'the client closed the connection',
  stdoutClosed: 'the client stopped reading',
  parentDied: 'its parent process ended',
  signal: 'a signal ended it',
  crashed: 'it crashed',
  done: 'its work was done',
};

const styleOf = { up: 'good', stuck: 'warning', dead: 'bad' } as const satisfies Record<ServerHealth, string>;

/** The report for people. Lines contain no control characters except our own colours. */
export function statusText(report: StatusReport, paint: Paint): string {
  const blocks = report.servers.map((server) => serverLines(server, paint));
  if (!report.servers.some(({ health }) => health !== 'dead')) blocks.push(noServerLines(report));
  else if (report.lastServer !== null && isNews(report)) blocks.push(lastServerLines(report.lastServer, report));
  blocks.push(...report.doubleRegistrations.map((double) => doubleLines(double, paint)));
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** Whether the last server is newer than those that run, and is not shown among them as dead. */
const isNews = ({ isLastNewest, lastServer, servers }: StatusReport) =>
  isLastNewest && !servers.some(({ record }) => record.serverId === lastServer?.record.serverId);

function serverLines(view: ServerView, paint: Paint): string[] {
  const { record, health } = view;
  const state = health === 'up' ? stateText(record) : `${health}, last in ${record.state}`;
  const pid = `pid ${record.process.pid}${hasOurPids(record.process) ? '' : ' of another pid namespace'}`;
  const head = `maitred ${printable(record.version)}, ${pid}, id ${printable(record.serverId)}`;
  return [
    `${paint('strong', head)}: ${paint(styleOf[health], printable(state))}`,
    row('project', record.projectDir),
    row('since', sinceText(view)),
    ...(health === 'dead' ? [] : clientRows(view)),
    ...(health === 'up' ? [] : [row('heartbeat', `last ${durationText(view.sinceHeartbeatMs)} ago`)]),
    ...(health === 'dead' ? [row('next', 'the next server that starts cleans up what this one left')] : []),
    ...wrappedRows(record, health === 'dead' ? undefined : Date.now()),
    ...orderRows(record),
    ...scenarioRows(record),
    ...taskRows(view),
    ...(health === 'dead' ? [] : loadRows(view)),
    ...degradedRows(record),
    ...(record.process.pid === 1 ? [row('init', missingInit)] : []),
    row('log', record.logFile ?? 'no file (logging.file is off)'),
    ...(health === 'dead' ? [] : [row('inspect', `maitred inspect --open --server ${record.serverId}`)]),
  ];
}

/** The run of a recipe that the server is for. */
function orderRows({ recipeRun }: ServerRecord): string[] {
  if (recipeRun === undefined) return [];
  const { recipe, runId } = recipeRun;
  const facts = [...(recipe === null ? [] : [recipe]), ...(runId === null ? [] : [`run ${runId}`])];
  return [row('order', facts.join(', '))];
}

const scenarioRows = ({ scenario }: ServerRecord): string[] =>
  scenario === undefined ? [] : [row(`${scenario.kind}s`, `the scenario ${scenario.dir}`)];

function clientRows({ record: { clientName, recipeRun }, clientPid }: ServerView): string[] {
  if (recipeRun !== undefined) return [];
  const facts = [...(clientName ? [clientName] : []), ...(clientPid === null ? [] : [`pid ${clientPid}`])];
  return facts.length === 0 ? [] : [row('client', facts.join(', '))];
}

function doubleLines({ plugin, entry }: DoubleRegistration, paint: Paint): string[] {
  const head = `maitred is registered twice in the client with pid ${plugin.parentPid}`;
  return [
    `${paint('strong', head)}: ${paint('warning', 'its tools are there twice')}`,
    row('project', plugin.projectDir),
    row('plugin', `pid ${plugin.process.pid}; to keep only this, run: ${keepThePlugin}`),
    row('entry', `pid ${entry.process.pid}; to keep only this, run: ${keepTheEntry}`),
  ];
}

/** What people call the states of the upstream chart, and what comes after them while the front lives. */
const serverStates: Readonly<Record<string, readonly [state: string, next: string]>> = {
  down: ['not running', '; the next call starts it'],
  failed: ['failed', ', is started again soon'],
  givenUp: ['given up', '; a later call starts it again'],
};

const mostStderrLines = 5;

/**
 * The wrapped server; of one that is well, its stderr says nothing that matters here.
 * @param nowMs undefined: the front has ended
 */
function wrappedRows({ wrapped, heartbeatAtMs }: ServerRecord, nowMs?: number): string[] {
  if (wrapped === undefined) return [];
  const { name, command, state, sinceMs, pid, starts, stderrTail, lastFailure } = wrapped;
  const seenAtMs = nowMs ?? heartbeatAtMs;
  const [stateName, next] = serverStates[state] ?? [state, ''];
  const lasted = `${stateName} for ${durationText(Math.max(0, seenAtMs - sinceMs))}`;
  const facts = [
    state === 'ended' ? 'ended with maitred' : `${lasted}${nowMs === undefined ? '' : next}`,
    ...(pid === null ? [] : [`pid ${pid}`]),
    ...(starts > 1 ? [`started ${starts} times`] : []),
  ];
  const failed =
    lastFailure === null ? [] : [`${durationText(Math.max(0, seenAtMs - lastFailure.atMs))} ago: ${lastFailure.cause}`];
  const stderr = lastFailure?.output ?? (state === 'up' ? '' : stderrTail);
  const lines = stderr.trimEnd().split('\n').slice(-mostStderrLines);
  return [
    row('wraps', `${name}: ${command}`),
    row('server', facts.join(', ')),
    ...failed.map((text) => row('failed', text)),
    ...lines.filter((line) => line !== '').map((line) => row('stderr', line)),
  ];
}

/** A front is no better than the server behind it. */
const stateText = ({ state, wrapped }: ServerRecord): string =>
  wrapped === undefined || wrapped.state === 'up'
    ? state
    : `${state}, ${wrapped.name} is ${serverStates[wrapped.state]?.join('') ?? wrapped.state}`;

function sinceText({ record, upMs, health }: ServerView): string {
  const since = timeText(record.startedAtMs);
  return health === 'dead' ? `${since}, for at least ${durationText(upMs)}` : `${since}, up ${durationText(upMs)}`;
}

function taskRows({ tasks, slowTask, health, record }: ServerView): string[] {
  const shown = health === 'dead' ? endedTaskText : taskText;
  const shownTasks = tasks.filter(({ name }) => record.wrapped === undefined || name !== 'command');
  const rows = shownTasks.map((task) => row('task', `${task.name}: ${shown(task)}`));
  if (slowTask === null || health === 'dead' || !shownTasks.includes(slowTask)) return rows;
  return [...rows, row('slow', `waiting for ${slowTask.name}, ${taskText(slowTask)}`)];
}

function taskText({ status, forMs, description, cause }: TaskView): string {
  const duration = durationText(forMs ?? 0);
  switch (status) {
    case 'waiting':
      return 'waiting to start';
    case 'running':
      return `running ${duration}${description === null ? '' : ` (${description})`}`;
    case 'done':
      return `done in ${duration}`;
    case 'failed':
      return `failed after ${duration}${cause === null ? '' : `: ${cause}`}`;
    case 'timedOut':
      return `timed out after ${duration}${cause === null ? '' : `: ${cause}`}`;
  }
}

/** Of a server that has ended: nothing of it waits or runs. */
function endedTaskText(task: TaskView): string {
  switch (task.status) {
    case 'waiting':
      return 'not started';
    case 'running':
      return 'not done';
    default:
      return taskText(task);
  }
}

const degradedRows = ({ degraded }: ServerRecord) =>
  degraded.flatMap(({ what, cause }) => `${what}: ${cause}`.split('\n').map((line) => row('degraded', line)));

function loadRows({ record, waiting: calls }: ServerView): string[] {
  const waiting = calls.map(
    ({ tool, waitsFor, forMs }) => `${tool} waits for ${waitsFor.join(' and ')}, ${durationText(forMs)} so far`,
  );
  return [
    row('calls', [`${record.callsInFlight} in flight`, ...waiting].join('; ')),
    row('memory', record.memoryBytes === null ? 'unknown' : `${(record.memoryBytes / 1_048_576).toFixed(1)} MiB`),
  ];
}

function noServerLines(report: StatusReport): string[] {
  const { lastServer, stateDir, whyFallback } = report;
  const noServer = [
    `No server is running in ${printable(stateDir)}.`,
    ...(whyFallback === null ? [] : [row('state', whyFallback)]),
  ];
  return [...noServer, ...(lastServer === null ? [row('log', logText(report))] : lastServerLines(lastServer, report))];
}

const logText = ({ logFile, hasLogFile }: StatusReport) => (hasLogFile ? logFile : `${logFile} (does not exist yet)`);

function lastServerLines({ record, phases, tasks, upMs }: ServerView, report: StatusReport): string[] {
  const times = phases.map(({ afterMs }) => `+${durationText(Math.max(0, afterMs))}`);
  const width = Math.max(0, ...times.map(({ length }) => length));
  const head = `Last start: maitred ${printable(record.version)}, pid ${record.process.pid}, ${timeText(record.startedAtMs)}`;
  const why = record.shutdownTrigger === null ? 'it died without shutting down' : whyEnded[record.shutdownTrigger];
  return [
    head,
    row('project', record.projectDir),
    ...wrappedRows(record),
    ...orderRows(record),
    ...phases.map(({ state }, index) => row((times[index] ?? '').padEnd(width), state)),
    ...tasks.map((task) => row('task', `${task.name}: ${endedTaskText(task)}`)),
    ...degradedRows(record),
    row('ended', `${why}, after ${durationText(upMs)}`),
    row('log', record.logFile ?? logText(report)),
  ];
}

function timeText(atMs: number): string {
  const date = new Date(atMs);
  return Number.isNaN(date.getTime())
    ? String(atMs)
    : date
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z$/, ' UTC');
}
