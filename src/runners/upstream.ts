import type { Readable } from 'node:stream';
import { appErrorOf, type Fault, toFault } from '../domain/app-error.ts';
import type { ProcessExit } from '../domain/child-process.ts';
import type { JsonObject } from '../domain/json-object.ts';
import type { JsonRpcMessage } from '../domain/json-rpc.ts';
import { createListeners } from '../domain/listeners.ts';
import type { Log } from '../domain/log-record.ts';
import type { MessageLine } from '../domain/message-line.ts';
import { startTimer } from '../domain/timers.ts';
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
import { createStderrReader, type StderrReader } from '../services/platform/process/stderr-reader.ts';
import { createClientRequests } from '../services/upstream/client-requests.ts';
import { createNoiseLog } from '../services/upstream/noise-log.ts';
import { readLists, shakeHands } from '../services/upstream/shake-hands.ts';
import { openUpstreamConnection, type UpstreamConnection } from '../services/upstream/upstream-connection.ts';
import { type RunnerDeps, runChart } from './run-chart.ts';

/** `down`: it does not run; `failed`: it rests after a failure, and is started again; `givenUp`: only a call starts it again. */
export type UpstreamState = 'down' | 'starting' | 'up' | 'stopping' | 'failed' | 'givenUp' | 'ended';

/** Why the command was not there at some time. */
export interface UpstreamFailure {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly cause: string;
  /** The end of what it wrote to stderr. */
  readonly output: string;
}

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
  /** null: it has not failed yet. */
  readonly lastFailure: UpstreamFailure | null;
  /** The last that the command wrote to stderr. */
  readonly stderrTail: string;
  /** The client has sent initialize. */
  introduce(params: JsonObject): void;
  /** The client has asked for this level of the log: each start of the server is asked for it. */
  noteLogLevel(params: JsonObject): void;
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
  /** Takes the server's answer to initialize, while its lists are read. */
  learnInitialize(result: JsonObject): void;
  /** Takes the handshake of the server as it runs now, before any request reaches it, and again when its lists have changed. */
  learn(handshake: UpstreamHandshake, from: HandshakeSource): void;
  whenWritable(): Promise<void> | null;
  /** Settles when no request is without an answer. */
  whenUnused(): Promise<void>;
}

/** Where a handshake comes from. */
export interface HandshakeSource {
  /** Whether the server has just been started. */
  readonly isStart: boolean;
  /** The params of the initialize that it has answered. */
  readonly introduction: JsonObject;
}

export interface UpstreamClientConnection {
  send(message: JsonRpcMessage, line: MessageLine | undefined): void;
  attach(): void;
  /** @param fault the answer to the requests that the server has not answered */
  detach(fault: Fault): void;
}

export interface UpstreamDeps extends RunnerDeps {
  /** Of the server, for people. */
  readonly name: string;
  readonly command: { readonly file: string; readonly args: readonly string[]; readonly cwd: string };
  readonly limits: UpstreamInput;
  /** Whether it is given up after one failure, which somebody waits for and reports. */
  readonly isTriedOnce: boolean;
  readonly processes: ConnectedProcesses;
  readonly client: UpstreamClient;
  readonly log: Log;
  /** The variables that the command gets beside those of this process. @throws AppError */
  resolveEnv(signal: AbortSignal): Promise<Readonly<Record<string, string>>>;
  /** Takes each line that the command writes to stderr, without secrets and with its newline. */
  onStderr(line: string): void;
  /** Removes secrets from the command's own words. */
  redact(text: string): string;
}

/** One start of the command, and what has become of it. */
interface Run {
  readonly ending: AbortController;
  readonly stderr: StderrReader;
  /** Why it does not serve any more; null while it can. */
  brokenBy: Fault | null;
  /** null before it is there, and once everything of it is gone. */
  life: Life | null;
  readonly whenAlive: Promise<Life>;
}

interface HandshakeDone {
  readonly handshake: UpstreamHandshake;
  /** With which the server was introduced. */
  readonly introduction: JsonObject;
}

/** The running command, and the pipes to it. */
interface Life {
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
  readonly connection: UpstreamConnection;
  readonly client: UpstreamClientConnection;
  /** The server is introduced, and its lists are read. */
  finishHandshake(done: HandshakeDone): void;
}

/** The exit, the end of each pipe and the last words may come in any order. */
const restOfOutputMs = 200;
/** A server that changes many tools reports each. */
const relistAfterMs = 50;
const longestRelistPauseMs = 30_000;
const listChanged = /^notifications\/(tools|prompts|resources)\/list_changed$/;

export function createUpstream(deps: UpstreamDeps): Upstream {
  const { command, client, log } = deps;
  const { notify, subscribe } = createListeners();
  const clientRequests = createClientRequests(log);
  const logNoise = createNoiseLog(log, deps.redact);
  let introduction: JsonObject = {};
  let starts = 0;
  let hasServed = false;
  let lastFailure: UpstreamFailure | null = null;
  /** The failure that the last start was about. */
  let restartedFor: UpstreamFailure | null = null;
  let run: Run | null = null;
  let seen = { state: 'down' as UpstreamState, fault: null as Fault | null, sinceMs: Date.now() };

  const tail = () => run?.stderr.tail() ?? '';
  /** What the command says itself belongs to each fault. */
  const withTail = ({ code, message, details }: Fault): Fault => {
    const said = typeof details?.output === 'string' ? deps.redact(details.output) : '';
    const output = [said, tail().trim()].filter((text) => text !== '').join('\n');
    return { code, message, details: { ...details, ...(output === '' ? {} : { output }) } };
  };

  const noteFailure = ({ message, details }: Fault) => {
    lastFailure = { atMs: Date.now(), cause: message, output: textOf(details?.output) };
    log[deps.isTriedOnce ? 'info' : 'warning']('command_failed', { error: message, ...details });
  };

  /** @param broken a run that may have ended long ago */
  const reportBroken = (broken: Run, fault: Fault) => {
    if (broken !== run) return;
    broken.brokenBy ??= withTail(fault);
    chart.send({ type: 'BROKEN', fault: broken.brokenBy });
  };

  const openLife = (of: Run, { pid, stdin, stdout, stderr, exited }: ConnectedProgram): Life => {
    stderr.on('data', of.stderr.push);
    stderr.once('end', of.stderr.end);
    let exit: ProcessExit | null = null;
    const gone = new AbortController();
    void exited.then((exitedWith) => {
      exit = exitedWith;
      gone.abort();
    });
    const allEnded = Promise.all([exited, closed(stdout), closed(stderr)]);
    const report = async (fault: Fault) => {
      await within(restOfOutputMs, allEnded);
      reportBroken(of, exit === null ? fault : exitFault(exit));
    };
    void exited.then((exitedWith) => report(exitFault(exitedWith)));

    let finishHandshake: (done: HandshakeDone) => void = () => undefined;
    const handshakeDone = new Promise<HandshakeDone>((resolve) => {
      finishHandshake = resolve;
    });
    const relist = soonAndOneAtATime(async () => {
      const { handshake, introduction } = await handshakeDone;
      const { initialize } = handshake;
      const lists = await readLists(connection, initialize, log, gone.signal);
      client.learn({ initialize, lists }, { isStart: false, introduction });
    });
    const connection = openUpstreamConnection({
      stdin,
      stdout,
      whenRoom: client.whenWritable,
      onMessage(message, line) {
        frontEnd.send(message, line);
        if ('method' in message && listChanged.test(message.method)) relist();
      },
      onNoise: logNoise,
      onBroken: (fault) => void report(fault),
    });
    const frontEnd = client.connect((message, line) => {
      clientRequests.note(message);
      connection.send(message, line);
    });
    return { pid, exited, connection, client: frontEnd, finishHandshake };
  };

  const work: UpstreamWork = {
    async runCommand(_, { signal, startedBy }) {
      starts += 1;
      const ending = new AbortController();
      let onAlive: (life: Life) => void = () => undefined;
      const whenAlive = new Promise<Life>((resolve) => {
        onAlive = resolve;
      });
      const stderr = createStderrReader({ redact: deps.redact, forward: deps.onStderr });
      const current: Run = { ending, stderr, brokenBy: null, life: null, whenAlive };
      run = current;
      signal.addEventListener('abort', () => ending.abort(), { once: true });
      try {
        const env = await deps.resolveEnv(ending.signal);
        const { exit } = await deps.processes.connect(
          { ...command, env },
          {
            signal: ending.signal,
            startedBy,
            onPipes(pipes) {
              current.life = openLife(current, pipes);
              onAlive(current.life);
              notify();
            },
          },
        );
        current.brokenBy ??= withTail(exitFault(exit));
        return { atMs: Date.now(), fault: current.brokenBy, isHopeless: deps.isTriedOnce };
      } catch (problem) {
        const fault = withTail(toFault(problem));
        const isStopped = ending.signal.aborted;
        return {
          atMs: Date.now(),
          fault,
          isHopeless: deps.isTriedOnce || (!isStopped && fault.code !== 'unavailable'),
        };
      } finally {
        current.life = null;
      }
    },
    async shakeHands(_, { signal }) {
      const { connection, finishHandshake } = await untilAborted(run?.whenAlive ?? never, signal);
      const introducedWith = introduction;
      const handshake = await shakeHands(connection, introducedWith, {
        log,
        signal,
        onInitialized: client.learnInitialize,
      }).catch((problem) => {
        throw appErrorOf(withTail(toFault(problem)));
      });
      if (hasServed) {
        const fields = { hint: 'what the server kept in memory is lost' };
        if (restartedFor === lastFailure) log.info('upstream_restarted', fields);
        else log.warning('upstream_restarted', fields);
      }
      restartedFor = lastFailure;
      await clientRequests.repeat(connection, signal);
      client.learn(handshake, { isStart: true, introduction: introducedWith });
      finishHandshake({ handshake, introduction: introducedWith });
    },
    serveClient() {
      const served = run;
      const connection = served?.life?.client;
      connection?.attach();
      hasServed = true;
      return () => {
        const cause = served?.brokenBy ?? withTail({ code: 'unavailable', message: 'the server was stopped' });
        connection?.detach(lostFault(cause));
      };
    },
    async endCommand({ patienceMs }, { signal }) {
      const life = run?.life ?? null;
      if (life !== null) {
        life.connection.end();
        await within(patienceMs, life.exited, signal);
        if (signal.aborted) return;
      }
      run?.ending.abort();
    },
  };

  const machine = createUpstreamMachine(upstreamWork.actors(work));
  const chart = runChart(
    machine,
    {
      name: machine.id,
      label: deps.name,
      input: deps.limits,
      cancel: (): UpstreamEvent => ({ type: 'STOP', patienceMs: 0 }),
      onSnapshot({ value, context }) {
        const state = stateOf(value);
        if (state === seen.state && context.fault === seen.fault) return;
        if (state !== seen.state) {
          log.info('upstream_state', { state });
          if ((state === 'failed' || state === 'givenUp') && context.fault !== null) noteFailure(context.fault);
        }
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
      await chart.output;
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
      return run?.life?.pid ?? null;
    },
    get starts() {
      return starts;
    },
    get lastFailure() {
      return lastFailure;
    },
    get stderrTail() {
      return tail();
    },
    introduce(params) {
      introduction = params;
      chart.send({ type: 'INTRODUCED' });
    },
    noteLogLevel: (params) => clientRequests.note({ jsonrpc: '2.0', method: 'logging/setLevel', params }),
    request: () => chart.send({ type: 'REQUESTED' }),
    setUsed: (isUsed) => chart.send({ type: 'USE_CHANGED', isUsed }),
    subscribe,
  };
}

const exitFault = ({ code, signal }: ProcessExit): Fault => ({
  code: 'unavailable',
  message:
    signal === null ? `the command ended with exit code ${code ?? 'unknown'}` : `the command was ended by ${signal}`,
});

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const lostFault = ({ message, details }: Fault): Fault => ({
  code: 'unavailable',
  message: `No answer: ${message}. The call may have had effects: check before you call again.`,
  ...(details && { details }),
});

function stateOf(value: unknown): UpstreamState {
  const [name] = namesIn(value).flatMap((each) => stateNames[each] ?? []);
  return name ?? 'down';
}

/** The active states, from the outside in. */
const namesIn = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : Object.entries(value as object).flatMap(([name, inner]) => [name, ...namesIn(inner)]);

const stateNames: Readonly<Record<string, UpstreamState>> = {
  down: 'down',
  awaitingClient: 'starting',
  starting: 'starting',
  up: 'up',
  stopping: 'stopping',
  backingOff: 'failed',
  givenUp: 'givenUp',
  ended: 'ended',
};

const never = new Promise<never>(() => undefined);

const closed = (stream: Readable) => new Promise((resolve) => stream.once('close', resolve));

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
  let pauseMs = relistAfterMs;
  let ranAtMs = 0;
  return () => {
    if (isScheduled) return;
    isScheduled = true;
    // A server that reports a change with each list would be asked without end.
    const isAgain = performance.now() - ranAtMs < 2 * longestRelistPauseMs;
    pauseMs = isAgain ? Math.min(2 * pauseMs, longestRelistPauseMs) : relistAfterMs;
    startTimer(() => {
      running = running.then(() => {
        isScheduled = false;
        ranAtMs = performance.now();
        return run();
      });
      // The life that it belongs to has ended.
      running = running.catch(() => undefined);
    }, pauseMs);
  };
}
