import { handshake } from 'maitred:handshake';
import { writeSync } from 'node:fs';
import { createActor } from 'xstate';
import { AppError, toFault } from '../domain/app-error.ts';
import { defaultDoorSettings } from '../domain/door-settings.ts';
import { startupTasks } from '../domain/startup-task.ts';
import { isListed } from '../domain/tool-visibility.ts';
import { createFront, type Front } from '../front/front.ts';
import { guardDescriptor, guardStream, type StdoutGuard } from '../front/stdout-guard.ts';
import { createLifecycleMachine } from '../machines/lifecycle.machine.ts';
import type { LifecycleEvent, LifecycleOutput } from '../machines/lifecycle.setup.ts';
import { createLifecycleActors, type LifecycleWork } from './actors/lifecycle-actors.ts';
import { build } from './build.ts';
import type { Door, LifecycleView } from './door.ts';
import { createEarlyLog } from './early-log.ts';
import { crashFault, watchCrashes, watchSignals } from './ends.ts';
import type { Host } from './host.ts';
import { watchParent } from './parent-watch.ts';
import type { ProgramFiles } from './program-files.ts';
import { type DoorRead, findPlace, readDoor } from './read-door.ts';
import type { Sentinel } from './sentinel.ts';
import { type Session, viewpointOf } from './session.ts';
import { createTaskRunner } from './task-runner.ts';
import { createTransitionLog } from './transition-log.ts';

const stderrFd = 2;
/** What is not needed for an answer waits this long after the kitchen is open: the first calls come first. */
const firstCallsMs = 250;
/** The sentinel starts after the kitchen, or after this time if that hangs. */
const sentinelWaitMs = 1_000;

/** What `main` hands down. */
export interface Arrival {
  readonly host: Host;
  readonly files: ProgramFiles;
  readonly homeDir: string;
  /** The arguments after `serve`. */
  readonly args: readonly string[];
}

/** Opens the door and lives until the end of the lifecycle chart; then the process exits with its code. */
export function openDoor({ host, files, homeDir, args }: Arrival): void {
  if (host.platform === 'win32') {
    writeSync(stderrFd, 'maitred: serve runs on Linux and macOS; on Windows, run it in WSL.\n');
    host.exit(1);
  }
  const startedAtMs = Date.now();
  const parentPid = host.ppid;
  const serverId = createServerId(startedAtMs, host.pid);
  const earlyLog = createEarlyLog({ server_id: serverId }, () => session.settings.logLevel);
  const { log } = earlyLog;
  const place = findPlace(host, args, homeDir);
  const session: Session = {
    settings: defaultDoorSettings,
    clientName: null,
    isKitchenOpen: false,
    isHeadless: host.env.MAITRED_HEADLESS === '1',
  };
  const listeners = new Set<(what: 'state' | 'calls') => void>();
  const transitions = createTransitionLog();
  let guard: StdoutGuard | null = null;
  let front: Front | null = null;
  let read: DoorRead | null = null;
  let view: LifecycleView = {
    state: 'configure',
    phases: [],
    records: {},
    degraded: [],
    end: null,
    fault: null,
  };
  let sentinel: Sentinel | null = null;
  let tidyUp: () => void = () => undefined;
  let tellKitchenSettled: () => void = () => undefined;
  /** The sentinel waits for it: the first call must not. */
  const kitchenSettled = new Promise<void>((resolve) => {
    tellKitchenSettled = resolve;
  });
  const tasks = createTaskRunner({ kitchen: ({ signal }) => loadKitchen(signal) });

  const theFront = (): Front => {
    if (front === null) throw new AppError('internal', 'the front is not composed yet');
    return front;
  };
  const tell = (event: LifecycleEvent) => actor.send(event);
  const retryTask = (name: string) => tell({ type: 'RETRY_TASK', name, atMs: Date.now() });
  const isBroken = (name: string) => ['failed', 'timedOut'].includes(view.records[name]?.status ?? '');

  const door: Door = {
    host,
    serverId,
    startedAtMs,
    place,
    session,
    earlyLog,
    tasks,
    transitions: transitions.entries,
    get view() {
      return view;
    },
    get front() {
      return theFront();
    },
    get read() {
      return read;
    },
    tell,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    logFile: () => (session.settings.logFile ? place.stateFolder.serverLogFile : null),
  };

  let isGreeted = false;
  const onWanted = () => {
    if (!isGreeted) {
      isGreeted = true;
      setTimeout(tellKitchenSettled, sentinelWaitMs).unref();
      // The first transitions stand in the phases; looking at them would cost the first list.
      actor.system.inspect(transitions.inspect);
      tell({ type: 'KITCHEN_WANTED', atMs: Date.now() });
    } else if (isBroken('kitchen')) retryTask('kitchen');
    theFront().admission.reconsider();
  };

  async function loadKitchen(signal: AbortSignal): Promise<void> {
    guardDescriptor();
    const chunk = files.load('kitchen') as typeof import('./kitchen.ts');
    if (chunk.build.id !== build.id)
      throw new AppError('unavailable', `maitred was upgraded to ${chunk.build.version}; reconnect to use it`);
    const kitchen = await chunk.openKitchen(door, signal);
    signal.throwIfAborted();
    tasks.learn(kitchen.tasks);
    tidyUp = kitchen.tidyUp;
    theFront().attach(kitchen);
  }

  const loadSentinel = () => files.load('sentinel') as typeof import('./sentinel.ts');

  let isCrashed = false;
  /** Only the first crash is written down: the others are its consequences. */
  const recordCrash = (error: unknown): string | null => {
    if (isCrashed) return null;
    isCrashed = true;
    try {
      return loadSentinel().recordCrash(door, error);
    } catch {
      // A crash that cannot be written down is still told on stderr.
      return null;
    }
  };

  const work: LifecycleWork = {
    watchEnds(ends, sendBack) {
      const stops = [watchCrashes(host, recordCrash, sendBack)];
      if (ends.includes('signal')) stops.push(watchSignals(host, sendBack));
      if (ends.includes('parentDied'))
        stops.push(
          watchParent(host, parentPid, () => sendBack({ type: 'ENDED', reason: 'parentDied', atMs: Date.now() })),
        );
      return () => {
        for (const stop of stops) stop();
      };
    },
    async readDoorSettings() {
      guard = guardStream(host.stdout, () => host.stderr);
      read = readDoor(place, files);
      session.settings = read.settings;
      const { settings, fault } = read;
      if (fault !== null) log.error('configuration_refused', { error: fault.message });
      return { settings, fault };
    },
    async openTransport() {
      theFront().open();
    },
    keepSentinel(sendBack) {
      let isStopped = false;
      const start = async () => {
        await kitchenSettled;
        if (isStopped) return;
        tidyUp();
        sentinel ??= loadSentinel().startSentinel(door);
      };
      start().catch((problem) => sendBack({ type: 'DEGRADED', what: 'the sentinel', cause: toFault(problem).message }));
      return () => {
        isStopped = true;
        sentinel?.stop();
      };
    },
    runTask: (name, signal) => tasks.run(name, signal),
    drain({ farewell, fault }, signal) {
      const leaving = fault ?? { code: 'unavailable', message: 'The server is leaving; call again when it is back.' };
      return theFront().drain(farewell, leaving, signal);
    },
    async closeTransport() {
      await tasks.whenSettled();
      if (front !== null) await front.flush();
      // A server that lived too short for a sentinel leaves its record and its log all the same.
      sentinel ??= loadSentinel().startSentinel(door);
      sentinel.stop();
      sentinel.retire();
      if (view.records.kitchen?.status === 'done') files.keepCompiledCode();
    },
  };

  const wireTransport = () => {
    const { settings } = session;
    front = createFront({
      stdin: host.stdin,
      stdout: host.stdout,
      write: guard?.write ?? host.stdout.write.bind(host.stdout),
      handshake,
      maxMessageBytes: settings.maxMessageMib * 1_048_576,
      log,
      admission: {
        maxInFlight: settings.maxInFlight,
        maxWaiting: settings.maxWaiting,
        waitMs: settings.readinessWaitSeconds * 1_000,
        task(name) {
          const record = view.records[name];
          if (record === undefined) return null;
          const description = startupTasks.find((task) => task.name === name)?.description ?? name;
          return { ...record, description, detail: tasks.detail(name) };
        },
        retryTask,
        logFile: door.logFile,
        onEdge: (calls) => tell({ type: 'CALLS_CHANGED', ...calls }),
      },
      admit(client) {
        session.clientName = client.name;
        const fault = read?.fault ?? null;
        if (fault === null) return null;
        return {
          ...fault,
          message: `${fault.message}\nMend this, then reconnect: until then no tool of this server works.`,
        };
      },
      isListed: (tool) => isListed(tool, viewpointOf(session)),
      onWanted,
      onEnd: (reason) => tell({ type: 'ENDED', reason, atMs: Date.now() }),
    });
  };

  const exit = ({ exitCode, fault }: LifecycleOutput) => {
    if (fault !== null) writeSync(stderrFd, `maitred: ${fault.message}\n`);
    host.exit(exitCode);
  };

  const actor = createActor(createLifecycleMachine({ actors: createLifecycleActors(work), wireTransport }), {
    input: { transport: 'stdio', tasks: startupTasks },
  });
  actor.subscribe({
    next(snapshot) {
      const { records, degraded, end, fault, phases } = snapshot.context;
      const before = view;
      view = { state: String(snapshot.value), records, degraded, end, fault, phases };
      if (before.records !== records) front?.admission.reconsider();
      if (before.records.kitchen !== records.kitchen) {
        if (isBroken('kitchen') || records.kitchen?.status === 'done')
          setTimeout(tellKitchenSettled, firstCallsMs).unref();
      }
      for (const phase of phases.slice(before.phases.length))
        log.info('state_entered', { state: phase.state, after_ms: phase.atMs - startedAtMs });
      const isNews = before.state !== view.state || before.records !== records || before.degraded !== degraded;
      for (const listener of listeners) listener(isNews ? 'state' : 'calls');
    },
    error(problem) {
      exit({ exitCode: 70, fault: crashFault(recordCrash(problem)) });
    },
    complete() {
      const { output } = actor.getSnapshot();
      if (output !== undefined) exit(output);
    },
  });
  actor.start();
}

/** Sorts by start; unlike any other on this machine. */
function createServerId(startedAtMs: number, pid: number): string {
  return [startedAtMs, pid, Math.floor(Math.random() * 2 ** 32)].map((part) => part.toString(36)).join('-');
}
