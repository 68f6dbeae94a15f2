import { appErrorOf, type Fault, toFault } from '../domain/app-error.ts';
import type { ProcessExit, ProcessOutcome } from '../domain/child-process.ts';
import type { JsonObject } from '../domain/json-object.ts';
import type { JsonRpcMessage } from '../domain/json-rpc.ts';
import { createListeners } from '../domain/listeners.ts';
import type { Log } from '../domain/log-record.ts';
import type { MessageLine } from '../domain/message-line.ts';
import { startTimer } from '../domain/timers.ts';
import type { CommandEnd } from '../domain/upstream.ts';
import type { UpstreamHandshake } from '../domain/upstream-handshake.ts';
import { within } from '../domain/within.ts';
import {
  createUpstreamMachine,
  type UpstreamEvent,
  type UpstreamInput,
  type UpstreamWork,
  upstreamWork,
} from '../machines/upstream.machine.ts';
import type { ConnectedProcesses, ConnectedProgram } from '../services/platform/process/child-processes.ts';
import { createClientRequests } from '../services/upstream/client-requests.ts';
import { createNoiseLog } from '../services/upstream/noise-log.ts';
import { readLists, shakeHands } from '../services/upstream/shake-hands.ts';
import { openUpstreamConnection, type UpstreamConnection } from '../services/upstream/upstream-connection.ts';
import { type RunnerDeps, runChart } from './run-chart.ts';

/** `down`: it does not run; `failed`: it rests after a failure, and is started again; `givenUp`: only a call starts it again. */
export type UpstreamState = 'down' | 'starting' | 'up' | 'stopping' | 'failed' | 'givenUp' | 'ended';

/** The server behind the front, and what is known of it. */
export interface Upstream {
  readonly state: UpstreamState;
  /** Why it does not serve. */
  readonly fault: Fault | null;
  /** The process of the command; null while it does not run. */
  readonly pid: number | null;
  /** How often the command was started. */
  readonly starts: number;
  /** When the state was entered, in milliseconds since the epoch. */
  readonly sinceMs: number;
  /** The last that the command wrote to stderr. */
  readonly stderrTail: string;
  /** The client has sent initialize. */
  introduce(params: JsonObject): void;
  /** A request needs the server. */
  request(): void;
  /** Requests without an answer: some, or none. */
  setUsed(isUsed: boolean): void;
  /** Calls back after each change; returns a function that ends it. */
  subscribe(listener: () => void): () => void;
}

/** The client's side: the front, and what it knows. */
export interface UpstreamClient {
  /** The front's end of a connection to one life of the server. */
  connect(receive: (message: JsonRpcMessage, line: MessageLine | undefined) => void): UpstreamClientConnection;
  /** Takes the handshake of the server as it runs now, before any request reaches it, and again when its lists have changed. @param isStart whether the server has just been started */
  learn(handshake: UpstreamHandshake, isStart: boolean): void;
  whenWritable(): Promise<void> | null;
  /** Settles when no request is without an answer. */
  whenUnused(): Promise<void>;
}

export interface UpstreamClientConnection {
  send(message: JsonRpcMessage, line: MessageLine | undefined): void;
  attach(): void;
  /** @param fault the answer to the requests that the server has not answered */
  detach(fault: Fault): void;
}

export interface UpstreamDeps extends RunnerDeps {
  readonly command: { readonly file: string; readonly args: readonly string[]; readonly cwd: string };
  readonly limits: UpstreamInput;
  readonly processes: ConnectedProcesses;
  readonly client: UpstreamClient;
  readonly log: Log;
  /** The variables that the command gets beside those of this process. @throws AppError */
  resolveEnv(signal: AbortSignal): Promise<Readonly<Record<string, string>>>;
  /** Takes what the command writes to stderr. */
  onStderr(chunk: Buffer): void;
  /** Removes secrets from the command's own words. */
  redact(text: string): string;
}

/** One life of the command. */
interface Life {
  readonly connection: UpstreamConnection;
  readonly client: UpstreamClientConnection;
  readonly exited: Promise<ProcessExit>;
  readonly pid: number;
}

/** What the command wrote before it ended may still be in the pipe. */
const restOfOutputMs = 200;
const stderrTailBytes = 8_192;
/** A server that changes many tools reports each. */
const relistAfterMs = 50;
const listChanged = /^notifications\/(tools|prompts|resources)\/list_changed$/;

export function createUpstream(deps: UpstreamDeps): Upstream {
  const { command, client, log } = deps;
  const { notify, subscribe } = createListeners();
  const clientRequests = createClientRequests(log);
  let introduction: JsonObject = {};
  let life: Life | null = null;
  let onLife: (life: Life) => void = () => undefined;
  /** The life that is being started. */
  let nextLife: Promise<Life> = Promise.reject();
  nextLife.catch(() => undefined);
  let stopCommand: () => void = () => undefined;
  let brokenBy: Fault | null = null;
  let stderr: Buffer = Buffer.alloc(0);
  let starts = 0;
  let seen = { state: 'down' as UpstreamState, fault: null as Fault | null, sinceMs: Date.now() };

  const tail = () => deps.redact(stderr.toString());
  /** What the command says itself belongs to each fault. */
  const withTail = ({ code, message, details }: Fault): Fault => {
    const output = tail().trim();
    return { code, message, details: { ...details, ...(output === '' ? {} : { output }) } };
  };

  const logNoise = createNoiseLog(log, deps.redact);
  const openLife = ({ pid, stdin, stdout, exited, ...pipes }: ConnectedProgram): Life => {
    pipes.stderr.on('data', (chunk: Buffer) => {
      stderr = Buffer.concat([stderr, chunk]).subarray(-stderrTailBytes);
      deps.onStderr(chunk);
    });
    const controller = new AbortController();
    void exited.then(() => controller.abort());
    const relist = soonAndOneAtATime(async () => {
      if (known === null) return;
      const { initialize } = known;
      learn({ initialize, lists: await readLists(connection, initialize, log, controller.signal) }, false);
    });
    const connection = openUpstreamConnection({
      stdin,
      stdout,
      whenRoom: client.whenWritable,
      onMessage(message, line) {
        opened.client.send(message, line);
        if ('method' in message && listChanged.test(message.method)) relist();
      },
      onNoise: logNoise,
      onBroken: reportBroken,
    });
    const frontEnd = client.connect((message, line) => {
      clientRequests.note(message);
      connection.send(message, line);
    });
    const opened: Life = { connection, client: frontEnd, exited, pid };
    return opened;
  };

  let known: UpstreamHandshake | null = null;
  const learn = (handshake: UpstreamHandshake, isStart: boolean) => {
    known = handshake;
    client.learn(handshake, isStart);
  };

  const reportBroken = (fault: Fault) => {
    brokenBy ??= withTail(fault);
    chart.send({ type: 'BROKEN', fault: brokenBy });
  };

  const work: UpstreamWork = {
    async runCommand(_, { signal, startedBy }) {
      starts += 1;
      brokenBy = null;
      stderr = Buffer.alloc(0);
      nextLife = new Promise((resolve) => {
        onLife = resolve;
      });
      const controller = new AbortController();
      stopCommand = () => controller.abort();
      signal.addEventListener('abort', stopCommand, { once: true });
      try {
        const env = await deps.resolveEnv(controller.signal);
        const outcome = await deps.processes.connect(
          { ...command, env },
          {
            signal: controller.signal,
            startedBy,
            onPipes(pipes) {
              life = openLife(pipes);
              const { stdout } = pipes;
              const outputEnded = new Promise((resolve) => stdout.once('close', resolve));
              void pipes.exited.then(async (exit) => {
                await within(restOfOutputMs, outputEnded);
                reportBroken({ code: 'unavailable', message: exitText(exit) });
              });
              onLife(life);
              notify();
            },
          },
        );
        return endOf(outcome);
      } catch (problem) {
        const fault = withTail(toFault(problem));
        log.warning('command_not_started', { error: fault.message, ...fault.details });
        return { atMs: Date.now(), fault, isHopeless: fault.code !== 'unavailable' };
      } finally {
        life = null;
      }
    },
    async shakeHands(_, { signal }) {
      const { connection } = await untilAborted(nextLife, signal);
      const handshake = await shakeHands(connection, introduction, log, signal).catch((problem) => {
        throw appErrorOf(withTail(toFault(problem)));
      });
      if (starts > 1) log.warning('upstream_restarted', { hint: 'what the server kept in memory is lost' });
      await clientRequests.repeat(connection, signal);
      learn(handshake, true);
    },
    serveClient() {
      const served = life;
      served?.client.attach();
      return () => {
        const cause = brokenBy ?? withTail({ code: 'unavailable', message: 'the server was stopped' });
        served?.client.detach(lostFault(cause));
      };
    },
    async endCommand({ patienceMs }, { signal }) {
      const ending = life;
      if (ending !== null) {
        ending.connection.end();
        await within(patienceMs, ending.exited, signal);
        if (signal.aborted) return;
      }
      stopCommand();
    },
  };

  const endOf = ({ exit }: ProcessOutcome): CommandEnd => ({
    atMs: Date.now(),
    fault: brokenBy ?? withTail({ code: 'unavailable', message: exitText(exit) }),
    isHopeless: false,
  });

  const machine = createUpstreamMachine(upstreamWork.actors(work));
  const chart = runChart(
    machine,
    {
      name: machine.id,
      input: deps.limits,
      cancel: (): UpstreamEvent => ({ type: 'STOP', patienceMs: 0 }),
      onSnapshot({ value, context }) {
        const state = stateOf(value);
        if (state === seen.state && context.fault === seen.fault) return;
        if (state !== seen.state)
          log.info('upstream_state', { state, ...(context.fault && { error: context.fault.message }) });
        seen = { state, fault: context.fault, sinceMs: Date.now() };
        notify();
      },
    },
    deps,
  );

  deps.register({
    async drain(finishMs, signal) {
      const startedAtMs = performance.now();
      await within(finishMs, client.whenUnused(), signal);
      const patienceMs = signal.aborted ? 0 : Math.max(0, finishMs - (performance.now() - startedAtMs));
      chart.send({ type: 'STOP', patienceMs });
      await chart.output;
    },
    async killAll() {
      chart.send({ type: 'STOP', patienceMs: 0 });
    },
  });

  return {
    get state() {
      return seen.state;
    },
    get fault() {
      return seen.fault;
    },
    get sinceMs() {
      return seen.sinceMs;
    },
    get pid() {
      return life?.pid ?? null;
    },
    get starts() {
      return starts;
    },
    get stderrTail() {
      return tail();
    },
    introduce(params) {
      introduction = params;
      chart.send({ type: 'INTRODUCED' });
    },
    request: () => chart.send({ type: 'REQUESTED', atMs: Date.now() }),
    setUsed: (isUsed) => chart.send({ type: 'USE_CHANGED', isUsed }),
    subscribe,
  };
}

const exitText = ({ code, signal }: ProcessExit): string =>
  signal === null ? `the command ended with exit code ${code ?? 'unknown'}` : `the command was ended by ${signal}`;

const lostFault = ({ message, details }: Fault): Fault => ({
  code: 'unavailable',
  message: `No answer: ${message}. The call may have had effects: check before you call again.`,
  ...(details && { details }),
});

function stateOf(value: unknown): UpstreamState {
  if (typeof value === 'string') return stateNames[value] ?? 'down';
  const { running } = value as { readonly running: string | object };
  return typeof running === 'string' ? (stateNames[running] ?? 'starting') : 'up';
}

const stateNames: Readonly<Record<string, UpstreamState>> = {
  down: 'down',
  introducing: 'starting',
  starting: 'starting',
  stopping: 'stopping',
  backingOff: 'failed',
  givenUp: 'givenUp',
  ended: 'ended',
};

function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}

/** Runs it a moment after it is asked for, and once more after the end if it was asked for meanwhile. */
function soonAndOneAtATime(run: () => Promise<void>): () => void {
  let isScheduled = false;
  let running: Promise<void> = Promise.resolve();
  return () => {
    if (isScheduled) return;
    isScheduled = true;
    startTimer(() => {
      running = running.then(() => {
        isScheduled = false;
        return run();
      });
      // The life that it belongs to has ended.
      running = running.catch(() => undefined);
    }, relistAfterMs);
  };
}
