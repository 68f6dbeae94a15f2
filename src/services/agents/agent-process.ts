import { once } from 'node:events';
import { type Fault, toFault } from '../../domain/app-error.ts';
import type { ProcessExit } from '../../domain/child-process.ts';
import type { StartedBy } from '../../domain/inspection.ts';
import { createLineSplitter } from '../../domain/line-splitter.ts';
import { createListeners } from '../../domain/listeners.ts';
import { within } from '../../domain/within.ts';
import type { ConnectedProcesses, ConnectedProgram } from '../platform/process/child-processes.ts';
import { createStderrReader } from '../platform/process/stderr-reader.ts';
import type { AgentCommand } from './agent-adapter.ts';

/** One process of an agent session. */
export interface AgentProcess {
  /** Settles when it runs. @throws AppError as `ConnectedProcesses.connect` */
  readonly started: Promise<void>;
  /** null before it runs, and where it could not be started. */
  readonly pid: number | null;
  /** How it has exited; null before. */
  readonly exit: ProcessExit | null;
  /** When it was started, or last wrote to stdout, of the monotonic clock. */
  readonly lastOutputAtMs: number;
  /** From its start to the end of everything that it started, or until now. */
  readonly ranMs: number;
  /** Calls back when it has written to stdout, and when it has exited; returns a function that ends it. */
  subscribe(listener: () => void): () => void;
  /** Settles when it and everything that it started is gone, and its output is read. Never rejects. */
  readonly over: Promise<AgentProcessEnd>;
  /** The last of stderr, without secrets. */
  stderrTail(): string;
  /** Ends it, with everything that it started, also while it starts. Twice is safe, and so is afterwards. */
  end(): void;
}

export interface AgentProcessEnd {
  readonly exit: ProcessExit;
  /** The pids of processes that could not be ended. */
  readonly survivors: readonly number[];
  /** Why it could not be started, or not all of it could be ended; null: it was. */
  readonly fault: Fault | null;
}

export interface AgentProcessOptions {
  readonly processes: ConnectedProcesses;
  readonly command: AgentCommand;
  readonly cwd: string;
  /** Where the agent keeps logs of its own; null: nowhere. */
  readonly logDir: string | null;
  /** For people. */
  readonly label: string;
  readonly startedBy: StartedBy;
  /** Takes each line of stdout in order; null: it was over the limit. */
  onLine(line: string | null, sizeBytes: number): void;
  /** Called after the lines of each part of stdout that is read. */
  onRead(): void;
  /** Removes secrets. */
  redact(text: string): string;
}

/**
 * When all its processes are gone, what they have written is there to be read. An output that is still open then is held by a process that has hidden
 * itself, and says nothing of the session.
 */
const lastReadMs = 2_000;

/** Agents put whole files and pictures into one record. */
const maxLineBytes = 8 * 1_024 ** 2;

/** Starts a process and reads it as it writes; it waits while it is read, so that memory stays bounded. */
export function startAgentProcess(options: AgentProcessOptions): AgentProcess {
  const { processes, command, cwd, logDir, label, startedBy } = options;
  const ending = new AbortController();
  const stderr = createStderrReader({ redact: options.redact, forward: () => undefined });
  const { notify, subscribe } = createListeners();
  const splitter = createLineSplitter<Buffer>({
    maxLineBytes,
    join: Buffer.concat,
    onLine: (line) => options.onLine(line.toString(), line.length),
    onTooLong: (sizeBytes) => options.onLine(null, sizeBytes),
  });
  const startedAtMs = performance.now();
  let lastOutputAtMs = startedAtMs;
  let endedAtMs: number | null = null;
  let program: ConnectedProgram | null = null;
  let exit: ProcessExit | null = null;
  let onStarted: () => void = () => undefined;
  const running = new Promise<void>((resolve) => {
    onStarted = resolve;
  });

  const exitWith = (how: ProcessExit) => {
    exit ??= how;
    notify();
  };
  const onPipes = (connected: ConnectedProgram) => {
    program = connected;
    connected.stdin.end(command.stdin ?? undefined);
    const { stdout } = connected;
    stdout.on('data', (chunk: Buffer) => {
      lastOutputAtMs = performance.now();
      splitter.push(chunk);
      options.onRead();
      notify();
      // Node reads up to 32 chunks in a row, and everything else would wait for all of them.
      stdout.pause();
      setImmediate(() => stdout.resume());
    });
    connected.stderr.on('data', stderr.push);
    connected.stderr.once('end', stderr.end);
    void connected.exited.then(exitWith);
    onStarted();
  };
  const readOutputs = async () => {
    const outputs = program === null ? [] : [program.stdout, program.stderr];
    await within(lastReadMs, Promise.all(outputs.map((output) => output.closed || once(output, 'close'))));
    for (const output of outputs) output.destroy();
    splitter.end();
  };
  const connected = processes.connect(
    { ...command, cwd, label },
    { signal: ending.signal, startedBy, inheritsNothing: true, logDir, onPipes },
  );
  const over = connected.then(
    async ({ exit: how, survivors }) => {
      endedAtMs = performance.now();
      await readOutputs();
      exitWith(how);
      return { exit: how, survivors, fault: null };
    },
    async (problem: unknown) => {
      endedAtMs = performance.now();
      await readOutputs();
      exitWith(unknownExit);
      return { exit: exit ?? unknownExit, survivors: [], fault: toFault(problem) };
    },
  );
  const started = Promise.race([running, connected.then(() => undefined)]);
  // Whoever ends it while it starts does not wait for that.
  started.catch(() => undefined);
  return {
    started,
    get pid() {
      return program?.pid ?? null;
    },
    get exit() {
      return exit;
    },
    get lastOutputAtMs() {
      return lastOutputAtMs;
    },
    get ranMs() {
      return (endedAtMs ?? performance.now()) - startedAtMs;
    },
    subscribe,
    over,
    stderrTail: stderr.tail,
    end: () => ending.abort(),
  };
}

const unknownExit: ProcessExit = { code: null, signal: null };
