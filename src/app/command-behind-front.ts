import { AppError, type Fault } from '../domain/app-error.ts';
import { commandName } from '../domain/command-name.ts';
import type { JsonObject } from '../domain/json-object.ts';
import type { JsonRpcRequest } from '../domain/json-rpc.ts';
import type { WrappedCommand } from '../domain/server-record.ts';
import { showCommandWithoutSecrets } from '../domain/show-command-without-secrets.ts';
import type { StartupTask } from '../domain/startup-task.ts';
import { startTimer } from '../domain/timers.ts';
import { createToolFilter, type ToolFilterOptions } from '../domain/tool-filter.ts';
import { initializeDiffers, type UpstreamHandshake, type UpstreamList } from '../domain/upstream-handshake.ts';
import type { WrapFlags } from '../domain/wrap-flags.ts';
import type { BackendConnection } from '../front/backend-port.ts';
import type { ClientIntroduction, Front } from '../front/front.ts';
import type { HandshakeAnswers } from '../front/handshake-answers.ts';
import type { TaskView } from '../front/readiness.ts';
import type { HandshakeSource, Upstream, UpstreamState } from '../runners/upstream.ts';
import { handshakeKeyOf, readCachedHandshake } from './cached-handshake.ts';
import type { Host } from './host.ts';
import { createShownTools } from './shown-tools.ts';
import { stderrOf } from './stderr.ts';
import { createTaskRunner, type TaskFunction, type TaskRunner } from './task-runner.ts';
import { createUpstreamAnswers } from './upstream-answers.ts';

/** What no answer needs waits this long after the command was requested. */
const quietMs = 1_000;
const mostUnreadStderrBytes = 1_048_576;
/** Calls come and go many times a second: the command counts as unused when it has had none for so long. */
const unusedAfterMs = 100;

/** The command of a front: what is known of it before it runs, and how it is started. */
export interface CommandBehindFront {
  readonly answers: HandshakeAnswers;
  readonly startupTasks: readonly StartupTask[];
  /** The functions of the tasks. */
  readonly tasks: TaskRunner;
  /** The client has sent initialize. */
  introduce(params: ClientIntroduction): void;
  /** null until it has. */
  clientName(): string | null;
  /** A request needs the command. */
  request(): void;
  mayRunAgain(request: JsonRpcRequest): boolean;
  /** Settles when the first calls have had their turn. */
  readonly whenQuiet: Promise<void>;
  /** What requests see that wait for it. */
  view(): TaskView | null;
  /** For the server record. */
  describe(): WrappedCommand;
}

/** @param getFront null before it is made */
export function createCommandBehindFront(
  host: Host,
  flags: WrapFlags,
  getFront: () => Front | null,
): CommandBehindFront {
  const { context, lifecycle, connections, workers, inspection, send } = host;
  const { nodeProcess, log } = context;
  const name = flags.name ?? commandName(flags.file, flags.args);
  const description = `starting ${name}`;
  const startupTasks: readonly StartupTask[] = [
    { name: 'command', description, gating: true, timeLimitMs: flags.startTimeoutMs + 30_000, follows: null },
    {
      name: 'upkeep',
      description: 'removing what dead servers left, and expired files',
      gating: false,
      timeLimitMs: 120_000,
      follows: null,
    },
  ];
  let upstream: Upstream | null = null;
  /** To the life of the command that was started last. */
  let connection: BackendConnection | null = null;
  let introduction: ClientIntroduction | null = null;
  let isRequested = false;
  let hasRun = false;
  let hasShownStderr = false;
  let onQuiet: () => void = () => undefined;
  const whenQuiet = new Promise<void>((onSettled) => {
    onQuiet = onSettled;
  });

  const filter = createToolFilter(flags.tools);
  const shownTools = createShownTools(filter, name);
  let logLevel: JsonObject | null = null;
  const answers = createUpstreamAnswers({
    isConnected: () => upstream?.state === 'up',
    shown: shownTools.list,
    onLogLevel(params) {
      logLevel = params;
      upstream?.noteLogLevel(params);
    },
  });

  const introduce = (params: ClientIntroduction) => {
    introduction = params;
    upstream?.introduce(params);
    if (answers.known !== null || flags.isWarm) return;
    const cached = readCachedHandshake(context, handshakeKeyOf(context, flags, params));
    if (cached === null) return;
    answers.learn(cached);
    // A client may call a tool by the name that an earlier front has shown it.
    shownTools.list(cached.lists.tools ?? []);
  };

  const explainState = (state: UpstreamState, fault: Fault | null): string => {
    if (introduction === null) return 'the client has not sent initialize';
    return state === 'failed' ? `${name} failed (${fault?.message}) and is started again` : description;
  };
  const viewCommand = (): TaskView | null => {
    const record = lifecycle.records.command;
    if (upstream === null)
      return record === undefined ? null : { ...record, description, detail: null, output: () => '' };
    const { state, fault, sinceMs } = upstream;
    return {
      status: state === 'up' ? 'done' : state === 'givenUp' || state === 'ended' ? 'failed' : 'running',
      description,
      startedAtMs: state === 'down' ? null : sinceMs,
      cause: fault?.message ?? null,
      detail: explainState(state, fault),
      // A program that gives it a variable may have failed instead.
      output: () =>
        // Whoever fills the cache sees stderr itself.
        flags.isWarm && hasShownStderr ? '' : (upstream?.stderrTail || textOf(fault?.details?.output)).trimEnd(),
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

  const learnInitialize = (result: JsonObject) => {
    answers.learnInitialize(result);
    getFront()?.answerInitialize();
  };
  const learn = (handshake: UpstreamHandshake, { isStart }: HandshakeSource) => {
    const before = answers.known;
    if (isStart && before !== null && initializeDiffers(before, handshake))
      log.warning('upstream_changed', {
        hint: 'the client has what the server answered to initialize before; reconnect to get the new answer',
      });
    const changed = answers.learn(handshake);
    shownTools.setPresent(handshake.lists.tools ?? []);
    const idleGlobs = hasRun ? [] : findIdleGlobs(flags.tools, handshake.lists.tools ?? []);
    hasRun = true;
    for (const { option, glob } of idleGlobs)
      log.warning('glob_matches_nothing', {
        option,
        glob,
        hint: 'compare it with the names of the tools; case matters',
      });
    if (!isStart) return;
    // As the server itself would report it: not before the client is initialized.
    for (const method of new Set(changed.map((list) => changeOf[list])))
      connection?.send({ jsonrpc: '2.0', method }, undefined);
  };

  const start: TaskFunction = async ({ signal }) => {
    const served = getFront();
    if (served === null) return;
    const { startUpstream } = context.files.load<typeof import('./work.ts')>('work');
    const started = startUpstream(host, {
      name,
      command: { file: flags.file, args: flags.args, cwd: context.place.workingDir },
      envSources: flags.envSources,
      // As of now: starting the command may have installed another version of it.
      cacheKey: ({ protocolVersion, capabilities }) =>
        handshakeKeyOf(context, flags, { protocolVersion, capabilities }),
      limits: { isOnDemand: flags.isLazy, idleLimitMs: flags.idleMs, startLimitMs: flags.startTimeoutMs },
      isTriedOnce: flags.isWarm,
      onStderr(line) {
        hasShownStderr = true;
        const stderr = stderrOf(nodeProcess);
        if (stderr.writableLength < mostUnreadStderrBytes) stderr.write(line);
      },
      client: {
        connect(receive) {
          const made = served.connect({
            receive: (message, line) => between.toServer(message, line),
            answersCancelled: false,
            isInitialized: true,
            acquiresSlots: false,
          });
          const between = shownTools.between(receive, made.send);
          connection = made;
          return { ...made, send: between.toClient };
        },
        learnInitialize,
        learn,
        whenWritable: served.whenWritable,
        whenUnused: served.calls.whenEmpty,
      },
    });
    upstream = started;
    started.subscribe(() => {
      connections.reconsider();
      workers.notify();
    });
    if (introduction !== null) started.introduce(introduction);
    if (logLevel !== null) started.noteLogLevel(logLevel);
    const reportUse = createUseReport(() => served.calls.size > 0, started.setUsed);
    served.calls.subscribe(reportUse);
    reportUse();
    // What waits for the command learns from the view what has become of it.
    if (flags.isWarm || (flags.isLazy && served.calls.size === 0)) return;
    await untilSettled(started, signal);
  };
  /** A front that was killed has left its record, and perhaps no other kind of server ever starts here. */
  const cleanUp: TaskFunction = async (scope) => {
    await Promise.race([whenQuiet, whenAborted(scope.signal)]);
    const { recover, removeExpired } = context.files.load<typeof import('./maintenance.ts')>('maintenance');
    await recover(host, scope);
    await removeExpired(context, scope.signal);
  };
  const tasks = createTaskRunner({ command: start, upkeep: cleanUp });

  const mayRunAgain = ({ method, params }: JsonRpcRequest) => {
    if (!flags.retriesIdempotent || method !== 'tools/call') return false;
    const realName = filter.realName(textOf(params?.name));
    const tool = answers.known?.lists.tools?.find((each) => each.name === realName);
    const { idempotentHint, readOnlyHint } = (tool?.annotations ?? {}) as JsonObject;
    return idempotentHint === true || readOnlyHint === true;
  };

  return {
    answers,
    startupTasks,
    tasks,
    introduce,
    clientName: () => introduction?.clientInfo.name ?? null,
    request,
    mayRunAgain,
    whenQuiet,
    view: viewCommand,
    describe() {
      const {
        state = 'down',
        sinceMs = context.startedAtMs,
        pid = null,
        starts = 0,
        fault = null,
        stderrTail = '',
        lastFailure = null,
      } = upstream ?? {};
      const cause = fault?.message ?? null;
      return {
        name,
        command: showCommandWithoutSecrets([flags.file, ...flags.args]),
        state,
        sinceMs,
        pid,
        starts,
        cause,
        stderrTail,
        lastFailure,
      };
    },
  };
}

/** A denial that matches nothing denies nothing. */
function findIdleGlobs({ allow, deny }: ToolFilterOptions, tools: readonly JsonObject[]) {
  const globs = [
    ...allow.map((glob) => ({ option: '--allow', glob })),
    ...deny.map((glob) => ({ option: '--deny', glob })),
  ];
  return globs.filter(({ glob }) => {
    const { isAllowed } = createToolFilter({ allow: [glob], deny: [], maxNameLength: null });
    return !tools.some(({ name }) => isAllowed(textOf(name)));
  });
}

const changeOf: Readonly<Record<UpstreamList, string>> = {
  tools: 'notifications/tools/list_changed',
  prompts: 'notifications/prompts/list_changed',
  resources: 'notifications/resources/list_changed',
  resourceTemplates: 'notifications/resources/list_changed',
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** @throws AppError `unavailable` when the command is given up; the signal's reason */
function untilSettled(upstream: Upstream, signal: AbortSignal): Promise<void> {
  return new Promise((onUp, reject) => {
    const check = () => {
      if (upstream.state === 'up') onUp();
      // It was stopped, with everything else.
      else if (upstream.state === 'ended') onUp();
      else if (upstream.state === 'givenUp')
        reject(new AppError('unavailable', upstream.fault?.message ?? 'no cause is known'));
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

const whenAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

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
