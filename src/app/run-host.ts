import { createActor } from 'xstate';
import { type Fault, toFault } from '../domain/app-error.ts';
import { shutdownPolicyFor } from '../domain/shutdown-policy.ts';
import { within } from '../domain/within.ts';
import { createLifecycleMachine } from '../machines/lifecycle.machine.ts';
import {
  type LifecycleActors,
  type LifecycleOutput,
  type LifecycleWork,
  lifecycleWork,
} from '../machines/lifecycle.setup.ts';
import { createStartupTaskMachine, startupTaskWork } from '../machines/startup-task.machine.ts';
import { createWorkerRegistry } from '../runners/worker-registry.ts';
import { createClientConnections } from './client-connections.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { Host, HostKind } from './host.ts';
import { createInspectionAccess } from './inspection-access.ts';
import { createLifecycleView } from './lifecycle-view.ts';
import { watchParent } from './parent-watch.ts';
import type { ServerContext } from './server-context.ts';
import {
  type CrashRecorder,
  crashFault,
  createCrashRecorder,
  watchCrashes,
  watchSignals,
} from './shutdown-triggers.ts';
import { writeLastProblem } from './stderr.ts';
import type { TaskRunner } from './task-runner.ts';

/** Work that ignores its signal is not waited for longer than this before the server record goes. */
const settleLimitMs = 100;

const serverRecordName = 'the server record';

/** Lives until the end of the life cycle chart; then the process exits with its code. */
export function runHost(context: ServerContext, describeKind: (host: Host) => HostKind): void {
  const view = createLifecycleView();
  const recordCrash = createCrashRecorder(() => host);
  let heartbeat: Heartbeat | null = null;
  const startHeartbeat = () => {
    heartbeat ??= context.files.load<typeof import('./work.ts')>('work').startHeartbeat(host);
    return heartbeat;
  };
  const host: Host = {
    context,
    lifecycle: view,
    connections: createClientConnections(),
    workers: createWorkerRegistry(),
    inspection: createInspectionAccess(() => host),
    clientName: () => kind.clientName(),
    purpose: () => kind.purpose?.(),
    send: (event) => actor.send(event),
    ensureServerRecord: () => startHeartbeat().ensureRecord(),
  };
  // The first listener: what others see of the calls is up to date.
  view.subscribe((change) => (change === 'state' ? host.connections.reconsider() : undefined));
  const kind = describeKind(host);
  const { taskRunner } = kind;
  const work = lifecycleWorkOf(host, kind, { recordCrash, startHeartbeat });
  const machine = createLifecycleMachine({
    actors: lifecycleActors(work, (name, signal) => runTask(host, taskRunner, name, signal)),
    wireTransport: kind.wireTransport,
  });
  const actor = createActor(machine, { input: { transport: kind.transport, tasks: kind.tasks } });
  actor.subscribe({
    next(snapshot) {
      const { phases } = view;
      view.update(snapshot);
      for (const { state, atMs } of view.phases.slice(phases.length))
        context.log.info('state_entered', { state, after_ms: atMs - context.startedAtMs });
    },
    error: (problem) => exitBroken(host, kind, crashFault(recordCrash(problem))),
    complete() {
      const { output } = actor.getSnapshot();
      if (output !== undefined) exit(host, kind, output);
    },
  });
  // After the subscription: the last that is shown of this actor is its end.
  context.roots.add({ chunk: 'lifecycle', actor, startedBy: null, call: null });
  actor.start();
}

/** What is done in each state of the life cycle, in order of life. */
function lifecycleWorkOf(
  host: Host,
  kind: HostKind,
  { recordCrash, startHeartbeat }: { recordCrash: CrashRecorder; startHeartbeat(): Heartbeat },
): LifecycleWork {
  const { context, lifecycle, workers, send } = host;
  const { nodeProcess, log, files } = context;
  const parentPid = nodeProcess.ppid;
  const whenSettled = () => Promise.all([kind.taskRunner.whenSettled(), workers.whenSettled()]);
  return {
    watchShutdownTriggers({ triggers }, send) {
      const stops = [watchCrashes(nodeProcess, recordCrash, send)];
      if (triggers.includes('signal')) stops.push(watchSignals(nodeProcess, send));
      if (triggers.includes('parentDied'))
        stops.push(
          watchParent(nodeProcess, parentPid, () =>
            send({ type: 'SHUTDOWN_TRIGGERED', trigger: 'parentDied', atMs: Date.now() }),
          ),
        );
      return () => {
        for (const stop of stops) stop();
      };
    },
    async readEarlySettings() {
      const reading = kind.readEarlySettings();
      if (reading.fault !== null) log.error('configuration_refused', { error: reading.fault.message });
      return reading;
    },
    openTransport: async () => kind.openTransport(),
    keepServerRecord(_, send) {
      let heartbeat: Heartbeat | null = null;
      let isStopped = false;
      const start = async () => {
        await kind.whenQuiet();
        if (isStopped) return;
        heartbeat = startHeartbeat();
        heartbeat.admitWatchers();
      };
      start().catch((problem) => send({ type: 'DEGRADED', what: serverRecordName, cause: toFault(problem).message }));
      return () => {
        isStopped = true;
        heartbeat?.stop();
      };
    },
    async drain({ policy, fault }, { signal }) {
      const answer = fault ?? {
        code: 'unavailable',
        message: 'The server is shutting down. Call again when it is back.',
      };
      // First the workers: from then on whatever ends child processes leaves them the time of the policy.
      await Promise.all([workers.drain(policy, signal), kind.drain(policy, answer, signal)]);
    },
    async closeTransport() {
      await workers.killAll();
      // Lets the calls whose processes were killed write their answers before the flush.
      await new Promise((resolve) => setImmediate(resolve));
      await kind.flush();
      // Aborted work may still hold claims, and others break them once this server looks dead.
      await within(settleLimitMs, whenSettled());
      // A server that ended before its first heartbeat still leaves its last record and its log too.
      try {
        const { stop, retire } = startHeartbeat();
        stop();
        retire();
      } catch (problem) {
        send({ type: 'DEGRADED', what: serverRecordName, cause: toFault(problem).message });
      }
      const isStarted = Object.values(lifecycle.records).some(({ status }) => status === 'done');
      if (isStarted) files.keepCompiledCode('made');
      await whenSettled();
    },
  };
}

const lifecycleActors = (
  work: LifecycleWork,
  runTask: (name: string, signal: AbortSignal) => Promise<void>,
): LifecycleActors => {
  let startupTask: LifecycleActors['startupTask'] | undefined;
  return {
    ...lifecycleWork.actors(work),
    // Made when the first task is spawned, after the first list.
    get startupTask() {
      startupTask ??= createStartupTaskMachine(
        startupTaskWork.actors({ runTask: ({ name }, { signal }) => runTask(name, signal) }),
      );
      return startupTask;
    },
  };
};

/** A defect is logged with its stack. */
async function runTask({ context }: Host, taskRunner: TaskRunner, task: string, signal: AbortSignal): Promise<void> {
  try {
    await taskRunner.run(task, signal);
  } catch (problem) {
    const { code, message } = toFault(problem);
    const fields = { task, code, error: message };
    const stack = problem instanceof Error ? problem.stack : undefined;
    if (!signal.aborted && code === 'internal') context.log.error('task_failed', { ...fields, stack });
    else if (!signal.aborted) context.log.warning('task_failed', fields);
    throw problem;
  }
}

const writeFault = ({ message }: Fault) => writeLastProblem(message);

/** The chart itself is broken: the shutdown of a crash is done without it. */
function exitBroken(host: Host, kind: HostKind, fault: Fault): void {
  const policy = shutdownPolicyFor('crashed', 0);
  const { signal } = new AbortController();
  const drained = Promise.all([host.workers.drain(policy, signal), kind.drain(policy, fault, signal)]);
  within(policy.hardDeadlineMs, drained).then(() => exit(host, kind, { exitCode: 70, fault }));
}

function exit(
  { context: { nodeProcess }, workers, inspection }: Host,
  { onFailed = writeFault }: HostKind,
  { exitCode, fault }: LifecycleOutput,
): void {
  for (const act of [workers.leave, inspection.leave, () => fault && onFailed(fault)])
    try {
      act();
    } catch {
      // The guardian, which has not been dismissed, ends what is left; watchers see that the server has gone; and where stderr is closed, the
      // exit code shows the fault too.
    }
  // What works behind the calls may have found that the process has failed.
  nodeProcess.exit(exitCode || (nodeProcess.exitCode ?? 0));
}
