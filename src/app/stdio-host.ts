import type { Fault } from '../domain/app-error.ts';
import { startupTasks } from '../domain/startup-task.ts';
import type { ToolMetadata } from '../domain/tool-visibility.ts';
import { createBuildTimeAnswers } from '../front/build-time-answers.ts';
import { createFront, type Front } from '../front/front.ts';
import type { Handshake, ListedTool } from '../front/handshake.ts';
import { methodsWithChecks } from '../front/params.ts';
import type { PendingCallsOptions } from '../front/pending-calls.ts';
import { guardStream, type StdoutGuard } from '../front/stdout-guard.ts';
import { createBackendLoader } from './backend-loader.ts';
import { reportCallsAfterTurn } from './calls-after-turn.ts';
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
  const connection = createClientConnection(settings, nodeProcess.env, context.place.isKitchenOpen);
  let guard: StdoutGuard = { write: stdout.write.bind(stdout) };
  let front: Front | null = null;
  let loggedCalls: LoggedCalls | null = null;
  const answers = createBuildTimeAnswers(handshake, connection.isListed);
  const loader = createBackendLoader(host, connection, answers, () => front);

  const viewTask: PendingCallsOptions['task'] = (name) => {
    const record = lifecycle.records[name];
    if (record === undefined) return null;
    const description = startupTasks.find((task) => task.name === name)?.description ?? name;
    return { ...record, description, detail: loader.tasks.detail(name), output: () => '' };
  };
  const makeFront = () => {
    const { current } = settings;
    return createFront({
      stdin,
      stdout,
      write: guard.write,
      answers,
      checkedMethods: methodsWithChecks,
      maxMessageBytes: current.maxMessageMib * bytesAMib,
      backendNeeds: ['backend'],
      backendDelayMs: 1_000,
      progressPerSecond: 1,
      log: context.log,
      calls: {
        maxInFlight: current.maxInFlight,
        maxWaiting: current.maxWaiting,
        waitMs: current.readinessWaitSeconds * 1_000,
        waitLimitName: 'readiness.wait_seconds',
        hasSettings: true,
        task: viewTask,
        retryTask: (name) => send({ type: 'RETRY_TASK', name, atMs: Date.now() }),
        nextNumber: connections.nextCallNumber,
        logFile: context.logFile,
        onEdge: reportCallsAfterTurn((calls) => send({ type: 'CALLS_CHANGED', ...calls })),
      },
      onInitialize({ clientInfo }) {
        connection.clientName = clientInfo.name;
      },
      fault: () => withReconnectHint(lifecycle.fault),
      onBackendNeeded: loader.request,
      mayRunAgain: () => false,
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
      connections.add(front);
      loggedCalls = logCalls(host, front.callLog, loader.whenQuiet());
    },
    openTransport: () => front?.open(),
    clientName: () => connection.clientName,
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

function withReconnectHint(fault: Fault | null): Fault | null {
  if (fault === null) return null;
  return { ...fault, message: `${fault.message}\nFix this, then reconnect: until then no tool of this server works.` };
}
