import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, inject, onTestFinished } from 'vitest';
import { isJsonObject, type JsonObject } from '../../src/domain/json-object.ts';
import type { JsonRpcError, RequestId } from '../../src/domain/json-rpc.ts';
import { type StateFolder, stateFolderAt } from '../../src/domain/state-folder.ts';
import { tempFolder } from '../doubles/temp-folder.ts';
import { collectLines } from './line-collector.ts';

/** A message that the server sent, unchanged. */
export interface Message {
  readonly jsonrpc: '2.0';
  readonly id?: RequestId;
  readonly method?: string;
  readonly params?: JsonObject;
  readonly result?: JsonObject;
  readonly error?: JsonRpcError;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The surroundings of a server: a project, a home and a state folder that no other test uses. */
export interface World {
  readonly projectDir: string;
  readonly homeDir: string;
  readonly stateFolder: StateFolder;
  /** The whole environment of the processes in it. */
  readonly env: Readonly<Record<string, string>>;
}

/** A new world, removed when the test ends. */
export const aWorld = (): World => aWorldIn(tempFolder());

function aWorldIn(dir: string): World {
  const projectDir = join(dir, 'project');
  const homeDir = join(dir, 'home');
  const stateFolder = stateFolderAt(join(dir, 'state'));
  // This folder ends the search for the project here.
  mkdirSync(join(projectDir, '.maitred'), { recursive: true });
  mkdirSync(homeDir);
  const env = { PATH: process.env.PATH ?? '', HOME: homeDir, MAITRED_STATE_DIR: stateFolder.dir };
  return { projectDir, homeDir, stateFolder, env };
}

export interface SpawnOptions {
  readonly world?: World;
  /** Arguments after `serve`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Instead of the built program and `serve`: another script for Node. */
  readonly script?: string;
  /** A program with arguments that runs the server, such as `env`. */
  readonly launcher?: readonly string[];
  /**
   * Returns the `result` or `error` of a request that the server sends; null leaves it unanswered. Without this function such a request is a
   * stray line.
   */
  readonly onRequest?: (request: Message) => JsonObject | null;
}

/** A server in its own process, and the client's end of its pipes. */
export interface SpawnedServer {
  readonly pid: number;
  readonly world: World;
  /** Everything received so far, in order. */
  readonly messages: readonly Message[];
  /** Everything received so far, as it was on the wire. */
  readonly lines: readonly string[];
  /** Lines on stdout that are not JSON-RPC messages. */
  readonly strayLines: readonly string[];
  readonly stderr: string;
  readonly isAlive: boolean;
  /** Sends messages in one write. */
  send(...messages: readonly JsonObject[]): void;
  /** Sends bytes unchanged; settles when they are written. */
  write(bytes: string | Uint8Array): Promise<void>;
  /** The first message that matches, received already or later. Rejects when the server ends first, and after 20 s. */
  waitFor(what: string, isIt: (message: Message) => boolean): Promise<Message>;
  /** The first answer with this id. */
  answerTo(id: RequestId): Promise<Message>;
  /** Sends a request under a new id and waits for the answer. */
  ask(method: string, params?: JsonObject): Promise<Message>;
  callTool(name: string, args?: JsonObject): Promise<Message>;
  /** Sends initialize and initialized, as a client does. */
  initialize(clientName?: string): Promise<Message>;
  kill(signal: NodeJS.Signals): void;
  endInput(): void;
  /** Closes the reading end of the server's stdout. */
  closeOutput(): void;
  /** Leaves the server's output unread until `resumeOutput`. */
  pauseOutput(): void;
  resumeOutput(): void;
  exited(): Promise<Exit>;
  /** Kills the process, and leaves its pipes, which others may hold open. */
  abandon(): Promise<Exit>;
  /** Ends the input and waits for the exit; `messages` is complete then. */
  leave(): Promise<Exit>;
}

const patienceMs = 20_000;

export const aRequest = (id: RequestId, method: string, params?: JsonObject): JsonObject =>
  params === undefined ? { jsonrpc: '2.0', id, method } : { jsonrpc: '2.0', id, method, params };

export const aNotification = (method: string, params?: JsonObject): JsonObject =>
  params === undefined ? { jsonrpc: '2.0', method } : { jsonrpc: '2.0', method, params };

export const aToolCall = (id: RequestId, name: string, args: JsonObject = {}, progressToken?: RequestId): JsonObject =>
  aRequest(id, 'tools/call', {
    name,
    arguments: args,
    ...(progressToken === undefined ? {} : { _meta: { progressToken } }),
  });

export const anInitialize = (id: RequestId, clientName = 'a-client', protocolVersion = '2025-06-18'): JsonObject =>
  aRequest(id, 'initialize', { protocolVersion, capabilities: {}, clientInfo: { name: clientName, version: '1' } });

export const linesOf = (messages: readonly JsonObject[]): string =>
  messages.map((message) => `${JSON.stringify(message)}\n`).join('');

/** The text of a tool's answer. */
export function textOf({ result }: Message): string {
  const [content] = (result?.content ?? []) as readonly { readonly text: string }[];
  return content?.text ?? '';
}

/** A tool's answer, parsed as JSON. */
export const outputOf = (answer: Message): JsonObject => JSON.parse(textOf(answer)) as JsonObject;

/** Starts a server. It is killed when the test ends. */
export function spawnServer(options: SpawnOptions = {}): SpawnedServer {
  const server = start(options, options.world ?? aWorld());
  onTestFinished(async () => void (await server.abandon()));
  return server;
}

/** The same, after the handshake. */
export async function initializeServer(options: SpawnOptions = {}): Promise<SpawnedServer> {
  const server = spawnServer(options);
  await server.initialize();
  return server;
}

/** One server for all tests of a suite that leave it unchanged; killed after the last of them. */
export function oneServerForAll(options: SpawnOptions = {}): () => SpawnedServer {
  let dir: string | undefined;
  let server: SpawnedServer | undefined;
  afterAll(async () => {
    await server?.abandon();
    if (dir !== undefined) rmSync(dir, { recursive: true, force: true });
  });
  return () => {
    // A test that ended the server has failed; the others must not fail with it.
    if (server?.isAlive === true) return server;
    dir ??= mkdtempSync(join(tmpdir(), 'maitred-test-'));
    server = start(options, server?.world ?? aWorldIn(dir));
    return server;
  };
}

function start({ args = [], env = {}, script, launcher = [], onRequest }: SpawnOptions, world: World): SpawnedServer {
  const program = script === undefined ? [join(inject('programDir'), 'maitred.js'), 'serve'] : [script];
  const [file = process.execPath, ...argv] = [...launcher, process.execPath, ...program, ...args];
  return connectTo(spawn(file, argv, { cwd: world.projectDir, env: { ...world.env, ...env } }), world, onRequest);
}

interface Waiter {
  readonly what: string;
  readonly isIt: (message: Message) => boolean;
  readonly found: (message: Message) => void;
  readonly failed: (problem: Error) => void;
}

/** What of a process a client needs. */
type ServerProcess = Pick<ChildProcessWithoutNullStreams, 'pid' | 'stdin' | 'stdout' | 'stderr' | 'kill'> & {
  once(event: 'close', listener: (code: number | null, signal: NodeJS.Signals | null) => void): unknown;
};

export function connectTo(child: ServerProcess, world: World, onRequest?: SpawnOptions['onRequest']): SpawnedServer {
  const messages: Message[] = [];
  const lines: string[] = [];
  const strayLines: string[] = [];
  const waiters = new Set<Waiter>();
  let stderr = '';
  let exit: Exit | null = null;
  let asked = 0;

  const onLine = (line: string) => {
    lines.push(line);
    const message = readMessage(line);
    const isRequest = message?.id !== undefined && message.method !== undefined;
    if (message === null || (isRequest && onRequest === undefined)) {
      strayLines.push(line);
      return;
    }
    messages.push(message);
    const answer = isRequest ? onRequest?.(message) : undefined;
    if (answer) server.send({ jsonrpc: '2.0', id: message.id, ...answer });
    for (const waiter of waiters) if (waiter.isIt(message)) waiter.found(message);
  };
  const collector = collectLines(onLine);
  child.stdout.setEncoding('utf8').on('data', collector.push);
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  // A server that has exited does not read; tests check its exit.
  child.stdin.on('error', () => undefined);
  const exited = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => {
      exit = { code, signal };
      if (collector.rest !== '') strayLines.push(collector.rest);
      for (const waiter of waiters) waiter.failed(new Error(`the server ended before ${waiter.what}`));
      resolve(exit);
    });
  });
  const explain = (problem: string) =>
    new Error(
      `${problem}\nmessages: ${JSON.stringify(messages.slice(-20)).slice(0, 4_000)}\nstderr: ${stderr.slice(-4_000)}`,
    );

  const server: SpawnedServer = {
    pid: child.pid ?? 0,
    world,
    messages,
    lines,
    strayLines,
    get stderr() {
      return stderr;
    },
    get isAlive() {
      return exit === null;
    },
    send: (...sent) => void child.stdin.write(linesOf(sent)),
    write: (bytes) => new Promise((resolve) => child.stdin.write(bytes, () => resolve())),
    waitFor(what, isIt) {
      const already = messages.find(isIt);
      if (already !== undefined) return Promise.resolve(already);
      if (exit !== null) return Promise.reject(explain(`the server ended before ${what}`));
      return new Promise((resolve, reject) => {
        const settle = (finish: () => void) => {
          clearTimeout(timer);
          waiters.delete(waiter);
          finish();
        };
        const waiter: Waiter = {
          what,
          isIt,
          found: (message) => settle(() => resolve(message)),
          failed: (problem) => settle(() => reject(explain(problem.message))),
        };
        const timer = setTimeout(() => waiter.failed(new Error(`timed out waiting for ${what}`)), patienceMs);
        waiters.add(waiter);
      });
    },
    answerTo: (id) => server.waitFor(`the answer to ${JSON.stringify(id)}`, (message) => isAnswerTo(message, id)),
    ask(method, params) {
      asked += 1;
      const id = `asked-${asked}`;
      server.send(aRequest(id, method, params));
      return server.answerTo(id);
    },
    callTool: (name, args = {}) => server.ask('tools/call', { name, arguments: args }),
    async initialize(clientName) {
      server.send(anInitialize('initialize', clientName), aNotification('notifications/initialized'));
      return server.answerTo('initialize');
    },
    kill: (signal) => void child.kill(signal),
    endInput: () => void child.stdin.end(),
    closeOutput: () => void child.stdout.destroy(),
    pauseOutput: () => void child.stdout.pause(),
    resumeOutput: () => void child.stdout.resume(),
    exited: () => exited,
    abandon() {
      child.kill('SIGKILL');
      child.stdout.destroy();
      child.stderr.destroy();
      return exited;
    },
    leave() {
      child.stdin.end();
      return exited;
    },
  };
  return server;
}

export const isAnswerTo = (message: Message, id: RequestId): boolean =>
  message.id === id && message.method === undefined;

/** The JSON-RPC 2.0 message on a line; otherwise null. */
function readMessage(line: string): Message | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (!isJsonObject(value) || value.jsonrpc !== '2.0') return null;
  const { id, method, params, result, error } = value;
  const hasId = typeof id === 'string' || Number.isSafeInteger(id);
  const isCall =
    typeof method === 'string' && (hasId || !('id' in value)) && (params === undefined || isJsonObject(params));
  const isResult = hasId && !('method' in value) && !('error' in value) && isJsonObject(result);
  const isError =
    (hasId || !('id' in value)) &&
    !('method' in value) &&
    !('result' in value) &&
    isJsonObject(error) &&
    isErrorObject(error);
  return isCall || isResult || isError ? (value as unknown as Message) : null;
}

const isErrorObject = ({ code, message }: JsonObject): boolean =>
  Number.isSafeInteger(code) && typeof message === 'string';
