import type { Fault } from '../domain/app-error.ts';
import { startupTasks } from '../domain/startup-task.ts';
import type { ToolMetadata } from '../domain/tool-visibility.ts';
import { createFront, type Front } from '../front/front.ts';
import type { Handshake, ListedTool } from '../front/handshake.ts';
import type { PendingCallsOptions } from '../front/pending-calls.ts';
import { guardStream, type StdoutGuard } from '../front/stdout-guard.ts';
import { createBackendLoader } from './backend-loader.ts';
import { createClientConnection } from './client-connection.ts';
import type { Host, HostKind } from './host.ts';
import { type LoggedCalls, logCalls } from './log-calls.ts';
import { stderrOf } from './stderr.ts';

export type ServerHandshake = Handshake<ToolMetadata & ListedTool>;

const bytesAMib = 1_048_576;

/** The host of `maitred serve`: one client, on stdin and stdout. */
export function describeStdioHost(host: Host, handshake: ServerHandshake): HostKind {
  const { context, lifecycle, connections, send } = host;
  const { nodeProcess, settings } = context;
  const { stdin, stdout } = nodeProcess;
  const connection = createClientConnection(settings, nodeProcess.env);
  let guard: StdoutGuard = { write: stdout.write.bind(stdout) };
  let front: Front | null = null;
  let loggedCalls: LoggedCalls | null = null;
  const loader = createBackendLoader(host, connection, () => front);

  const viewTask: PendingCallsOptions['task'] = (name) => {
    const record = lifecycle.records[name];
    if (record === undefined) return null;
    const description = startupTasks.find((task) => task.name === name)?.description ?? name;
    return { ...record, description, detail: loader.tasks.detail(name) };
  };
  const makeFront = () => {
    const { current } = settings;
    return createFront<ToolMetadata & ListedTool>({
      stdin,
      stdout,
      write: guard.write,
      handshake,
      maxMessageBytes: current.maxMessageMib * bytesAMib,
      backendNeeds: ['backend'],
      log: context.log,
      calls: {
        maxInFlight: current.maxInFlight,
        maxWaiting: current.maxWaiting,
        waitMs: current.readinessWaitSeconds * 1_000,
        task: viewTask,
        retryTask: (name) => send({ type: 'RETRY_TASK', name, atMs: Date.now() }),
        logFile: context.logFile,
        onEdge: afterTurn((calls) => send({ type: 'CALLS_CHANGED', ...calls })),
      },
      onInitialize({ name }) {
        connection.clientName = name;
      },
      fault: () => withReconnectHint(lifecycle.fault),
      isListed: connection.isListed,
      onBackendNeeded: loader.request,
      onEnd: (trigger) => send({ type: 'SHUTDOWN_TRIGGERED', trigger, atMs: Date.now() }),
    });
  };

  return {
    transport: 'stdio',
    tasks: startupTasks,
    taskRunner: loader.tasks,
    readEarlySettings() {
      guard = guardStream(stdout, () => stderrOf(nodeProcess));
      return settings.read();
    },
    wireTransport() {
      front = makeFront();
      connections.add(front.calls);
      loggedCalls = logCalls(host, front.callLog, loader.whenQuiet());
    },
    openTransport: () => front?.open(),
    whenQuiet: loader.whenQuiet,
    async drain({ finishMs, servesBackendCalls }, fault, signal) {
      const keepsWaiting = (unmet: readonly string[]) =>
        servesBackendCalls && unmet.every((name) => name === 'backend');
      await front?.drain({ finishMs, keepsWaiting, fault }, signal);
    },
    async flush() {
      await front?.flush();
      loggedCalls?.flush();
    },
  };
}

type Calls = Parameters<PendingCallsOptions['onEdge']>[0];

/** Calls that come and go within one turn are not reported to the chart: most of them do, many a turn. */
function afterTurn(report: (calls: Calls) => void): (calls: Calls) => void {
  let reported: Calls = { inFlight: false, waiting: false };
  let latest = reported;
  let isScheduled = false;
  const reportIfNew = () => {
    isScheduled = false;
    if (latest.inFlight === reported.inFlight && latest.waiting === reported.waiting) return;
    reported = latest;
    report(reported);
  };
  return (calls) => {
    latest = calls;
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(reportIfNew);
  };
}

function withReconnectHint(fault: Fault | null): Fault | null {
  if (fault === null) return null;
  return { ...fault, message: `${fault.message}\nFix this, then reconnect: until then no tool of this server works.` };
}
