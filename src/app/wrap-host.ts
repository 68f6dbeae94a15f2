import type { WrapFlags } from '../domain/wrap-flags.ts';
import { createFront, type Front } from '../front/front.ts';
import { guardStream, type StdoutGuard } from '../front/stdout-guard.ts';
import { reportCallsAfterTurn } from './calls-after-turn.ts';
import { createCommandBehindFront } from './command-behind-front.ts';
import type { Host, HostKind } from './host.ts';
import { type LoggedCalls, logCalls } from './log-calls.ts';
import { stderrOf } from './stderr.ts';

const bytesAMib = 1_048_576;

/** The host of `maitred wrap`: one client on stdin and stdout, and a command behind it. */
export function describeWrapHost(host: Host, flags: WrapFlags): HostKind {
  const { context, lifecycle, connections, send } = host;
  const { nodeProcess, settings, log } = context;
  const { stdin, stdout } = nodeProcess;
  let guard: StdoutGuard = { write: stdout.write.bind(stdout) };
  let front: Front | null = null;
  let loggedCalls: LoggedCalls | null = null;
  const command = createCommandBehindFront(host, flags, () => front);

  return {
    transport: 'stdio',
    tasks: command.startupTasks,
    taskRunner: command.tasks,
    readEarlySettings() {
      guard = guardStream(stdout, () => stderrOf(nodeProcess));
      return { settings: settings.current, fault: null };
    },
    wireTransport() {
      front = createFront({
        stdin,
        stdout,
        write: guard.write,
        answers: command.answers,
        checkedMethods: ['initialize'],
        maxMessageBytes: 64 * bytesAMib,
        backendNeeds: ['command'],
        backendDelayMs: 50,
        // The server's own progress may begin with a small part of 1.
        progressPerSecond: 0.001,
        log,
        calls: {
          maxInFlight: 1_024,
          maxWaiting: 256,
          waitMs: flags.startTimeoutMs,
          waitLimitName: '--start-timeout',
          hasSettings: false,
          task: command.view,
          retryTask: command.request,
          nextNumber: connections.nextCallNumber,
          logFile: context.logFile,
          onEdge: reportCallsAfterTurn((calls) => send({ type: 'CALLS_CHANGED', ...calls })),
        },
        onInitialize: command.introduce,
        fault: () => lifecycle.fault,
        onBackendNeeded: command.request,
        mayRunAgain: command.mayRunAgain,
        onEnd: (trigger) => send({ type: 'SHUTDOWN_TRIGGERED', trigger, atMs: Date.now() }),
      });
      connections.add(front);
      logDegradations(host);
      loggedCalls = logCalls(host, front.callLog, command.whenQuiet);
    },
    openTransport: () => front?.open(),
    clientName: command.clientName,
    purpose: () => ({ wrapped: command.describe() }),
    whenQuiet: () => command.whenQuiet,
    async drain({ finishMs, servesBackendCalls }, fault, signal) {
      await front?.drain({ finishMs, keepsWaiting: () => servesBackendCalls, fault }, signal);
    },
    async flush() {
      await front?.flush();
      loggedCalls?.flush();
    },
  };
}

/** Each once: status shows them only while the front lives. */
function logDegradations({ lifecycle, context }: Host): void {
  let logged = 0;
  lifecycle.subscribe(() => {
    const { degraded } = lifecycle;
    for (const degradation of degraded.slice(logged)) context.log.warning('degraded', { ...degradation });
    logged = degraded.length;
  });
}
