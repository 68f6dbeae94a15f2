import { AppError } from '../domain/app-error.ts';
import { commandName } from '../domain/command-name.ts';
import type { JsonObject } from '../domain/json-object.ts';
import type { JsonRpcRequest } from '../domain/json-rpc.ts';
import type { StartupTask } from '../domain/startup-task.ts';
import { startTimer } from '../domain/timers.ts';
import { createToolFilter } from '../domain/tool-filter.ts';
import type { UpstreamHandshake, UpstreamList } from '../domain/upstream-handshake.ts';
import type { WrapFlags } from '../domain/wrap-flags.ts';
import { type ClientIntroduction, createFront, type Front } from '../front/front.ts';
import type { TaskView } from '../front/readiness.ts';
import { guardStream, type StdoutGuard } from '../front/stdout-guard.ts';
import type { Upstream } from '../runners/upstream.ts';
import { cacheKey, commandIdentity } from '../services/handshake-cache/command-identity.ts';
import { readHandshake } from '../services/handshake-cache/read-handshake.ts';
import { reportCallsAfterTurn } from './calls-after-turn.ts';
import type { Host, HostKind } from './host.ts';
import { createShownTools } from './shown-tools.ts';
import { stderrOf } from './stderr.ts';
import { createTaskRunner, type TaskFunction } from './task-runner.ts';
import { createUpstreamAnswers } from './upstream-answers.ts';

const bytesAMib = 1_048_576;
/** What no answer needs waits this long after the command was requested. */
const quietMs = 1_000;
const mostUnreadStderrBytes = bytesAMib;
/** Calls come and go many times a second: the command counts as unused when it has had none for so long. */
const unusedAfterMs = 100;

/** The host of `maitred wrap`: one client on stdin and stdout, and a command behind it. */
export function describeWrapHost(host: Host, flags: WrapFlags): HostKind {
  const { context, lifecycle, connections, inspection, send } = host;
  const { nodeProcess, settings, log } = context;
  const { stdin, stdout } = nodeProcess;
  const name = flags.name ?? commandName(flags.file, flags.args);
  const description = `starting ${name}`;
  const task: StartupTask<'command'> = {
    name: 'command',
    description,
    gating: true,
    timeLimitMs: flags.startTimeoutMs + 30_000,
    follows: null,
  };
  let guard: StdoutGuard = { write: stdout.write.bind(stdout) };
  let front: Front | null = null;
  let upstream: Upstream | null = null;
  let introduction: ClientIntroduction | null = null;
  let isRequested = false;
  let onQuiet: () => void = () => undefined;
  const quiet = new Promise<void>((onSettled) => {
    onQuiet = onSettled;
  });

  const shownTools = createShownTools(createToolFilter(flags.tools), name);
  const answers = createUpstreamAnswers(() => upstream?.state === 'up', shownTools.list);

  /** Under which the answers of the command are cached, as of now: starting it may install another version. */
  const cacheKeyNow = () => {
    const command = { ...flags, cwd: context.place.workingDir, env: nodeProcess.env, homeDir: context.place.homeDir };
    const identity = commandIdentity(command, flags.keyEnv);
    const { protocolVersion = '', capabilities = {} } = introduction ?? {};
    return { identity, protocolVersion, key: cacheKey(identity, { protocolVersion, capabilities }) };
  };
  const introduce = (params: ClientIntroduction) => {
    introduction = params;
    upstream?.introduce(params);
    if (answers.known !== null) return;
    const { key, identity } = cacheKeyNow();
    const cached = readHandshake(context.place.stateFolder.handshakesDir, key, identity, nodeProcess.getuid?.());
    if (cached === null) return;
    if ('why' in cached) log.warning('cached_handshake_ignored', { why: cached.why });
    else answers.learn(cached.handshake);
  };

  const viewCommand = (): TaskView | null => {
    const record = lifecycle.records.command;
    if (upstream === null) return record === undefined ? null : { ...record, description, detail: null, output: null };
    const { state, fault, sinceMs, stderrTail } = upstream;
    return {
      status: state === 'up' ? 'done' : state === 'givenUp' || state === 'ended' ? 'failed' : 'running',
      description,
      startedAtMs: sinceMs,
      cause: fault?.message ?? null,
      detail: state === 'failed' ? `${name} failed (${fault?.message}) and is started again` : description,
      output: stderrTail === '' ? null : stderrTail,
    };
  };

  const request = () => {
    if (!isRequested) {
      isRequested = true;
      startTimer(onQuiet, quietMs);
      for (const { actor } of context.roots) actor.system.inspect(context.transitions.inspect);
      if (context.place.isInspected) inspection.record();
      send({ type: 'BACKEND_REQUESTED', atMs: Date.now() });
    } else if (upstream === null) send({ type: 'RETRY_TASK', name: 'command', atMs: Date.now() });
    else upstream.request();
    connections.reconsider();
  };

  const learn = (handshake: UpstreamHandshake, isStart: boolean) => {
    const before = answers.known?.lists.tools ?? [];
    const changed = answers.learn(handshake);
    const now = new Set(handshake.lists.tools?.map((tool) => tool.name));
    shownTools.setGone(new Set(before.map((tool) => String(tool.name)).filter((tool) => !now.has(tool))));
    front?.answerInitialize();
    if (isStart) for (const method of new Set(changed.map((list) => changeOf[list]))) front?.notify(method);
  };

  const start: TaskFunction = async ({ signal }) => {
    const served = front;
    if (served === null) return;
    const { startUpstream } = context.files.load<typeof import('./work.ts')>('work');
    const started = startUpstream(host, {
      command: { file: flags.file, args: flags.args, cwd: context.place.workingDir },
      envSources: flags.envSources,
      cacheKey: cacheKeyNow,
      limits: { isOnDemand: flags.isLazy, idleLimitMs: flags.idleMs, startLimitMs: flags.startTimeoutMs },
      onStderr(chunk) {
        const stderr = stderrOf(nodeProcess);
        if (stderr.writableLength < mostUnreadStderrBytes) stderr.write(chunk);
      },
      client: {
        connect(receive) {
          const connection = served.connect({
            receive: (message, line) => between.toServer(message, line),
            answersCancelled: false,
            isInitialized: true,
            acquiresSlots: false,
          });
          const between = shownTools.between(receive, connection.send);
          return { ...connection, send: between.toClient };
        },
        learn,
        whenWritable: served.whenWritable,
        whenUnused: served.calls.whenEmpty,
      },
    });
    upstream = started;
    started.subscribe(connections.reconsider);
    if (introduction !== null) started.introduce(introduction);
    const reportUse = createUseReport(() => served.calls.size > 0, started.setUsed);
    served.calls.subscribe(reportUse);
    reportUse();
    if (flags.isLazy && served.calls.size === 0) return;
    await untilSettled(started, signal);
  };
  const tasks = createTaskRunner({ command: start });

  const mayRunAgain = ({ method, params }: JsonRpcRequest) => {
    if (!flags.retriesIdempotent || method !== 'tools/call') return false;
    const tool = answers.known?.lists.tools?.find((each) => each.name === params?.name);
    const { idempotentHint, readOnlyHint } = (tool?.annotations ?? {}) as JsonObject;
    return idempotentHint === true || readOnlyHint === true;
  };

  return {
    transport: 'stdio',
    tasks: [task],
    taskRunner: tasks,
    readEarlySettings() {
      guard = guardStream(stdout, () => stderrOf(nodeProcess));
      return { settings: settings.current, fault: null };
    },
    wireTransport() {
      front = createFront({
        stdin,
        stdout,
        write: guard.write,
        answers,
        checkedMethods: ['initialize'],
        maxMessageBytes: 64 * bytesAMib,
        backendNeeds: ['command'],
        backendDelayMs: 50,
        progressPerSecond: 1e-6,
        log,
        calls: {
          maxInFlight: 1_024,
          maxWaiting: 256,
          waitMs: flags.startTimeoutMs,
          waitLimitName: '--start-timeout',
          task: viewCommand,
          retryTask: request,
          logFile: context.logFile,
          onEdge: reportCallsAfterTurn((calls) => send({ type: 'CALLS_CHANGED', ...calls })),
        },
        onInitialize: introduce,
        fault: () => lifecycle.fault,
        onBackendNeeded: request,
        mayRunAgain,
        onEnd: (trigger) => send({ type: 'SHUTDOWN_TRIGGERED', trigger, atMs: Date.now() }),
      });
      connections.add(front.calls);
    },
    openTransport: () => front?.open(),
    whenQuiet: () => quiet,
    async drain({ finishMs, servesBackendCalls }, fault, signal) {
      await front?.drain({ finishMs, keepsWaiting: () => servesBackendCalls, fault }, signal);
    },
    async flush() {
      await front?.flush();
    },
  };
}

const changeOf: Readonly<Record<UpstreamList, string>> = {
  tools: 'notifications/tools/list_changed',
  prompts: 'notifications/prompts/list_changed',
  resources: 'notifications/resources/list_changed',
  resourceTemplates: 'notifications/resources/list_changed',
};

/** @throws AppError `unavailable` when the command is given up; the signal's reason */
function untilSettled(upstream: Upstream, signal: AbortSignal): Promise<void> {
  return new Promise((onUp, reject) => {
    const check = () => {
      if (upstream.state === 'up') onUp();
      else if (upstream.state === 'givenUp' || upstream.state === 'ended')
        reject(new AppError('unavailable', upstream.fault?.message ?? 'the command was stopped'));
      else return;
      unsubscribe();
    };
    const unsubscribe = upstream.subscribe(check);
    signal.addEventListener('abort', () => {
      unsubscribe();
      reject(signal.reason);
    });
    check();
  });
}

/** @returns a function to be called when the use may have changed, at any time */
function createUseReport(isUsed: () => boolean, report: (isUsed: boolean) => void): () => void {
  let reported = false;
  let isScheduled = false;
  const reportIfNew = () => {
    isScheduled = false;
    if (isUsed() === reported) return;
    reported = !reported;
    report(reported);
  };
  return () => {
    if (isScheduled || isUsed() === reported) return;
    isScheduled = true;
    // After the turn: the use may begin and end in it.
    if (isUsed()) setImmediate(reportIfNew);
    else startTimer(reportIfNew, unusedAfterMs);
  };
}
