import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { getDefaultEnvironment } from '@modelcontextprotocol/sdk/client/stdio.js';

/** How a server is started: Node with these arguments, in the environment that the SDK's stdio client gives, and `env`. */
export interface Launch {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The name by which the client introduces itself. */
  readonly clientName: string;
}

export interface Answer {
  /** The line as it came. */
  readonly line: string;
  /** Milliseconds since the spawn. */
  readonly atMs: number;
}

/** A server that was spawned, and the ends of its pipes. */
export interface Running {
  /** Milliseconds since the spawn. */
  nowMs(): number;
  /** Sends a request at once; settles with its answer. */
  ask(method: string, params?: object): Promise<Answer>;
  notify(method: string): void;
  /** Keeps this many calls of a tool in flight until so many are answered; settles with calls a second. */
  callRate(tool: string, calls: number, inFlight: number): Promise<number>;
  /** Settles when this many calls have told their progress. */
  allProgress(calls: number): Promise<void>;
  /** The processor time that the process has taken until now. */
  cpuMs(): number;
  /** The most memory that the process has taken until now (VmHWM), in KiB. */
  peakKib(): number;
  kill(): Promise<void>;
  /** Ends stdin, as the SDK's client does; settles when the server is gone. */
  leave(): Promise<void>;
}

/** USER_HZ is 100 on every architecture that Node runs on: proc(5). */
const msATick = 10;

const live = new Set<ChildProcessByStdio<Writable, Readable, null>>();
process.on('exit', () => {
  for (const child of live) child.kill('SIGKILL');
});

export function start({ args, cwd, env }: Launch): Running {
  const spawnedMs = performance.now();
  const child = spawn(process.execPath, [...args], {
    cwd,
    env: { ...getDefaultEnvironment(), ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  live.add(child);
  const nowMs = () => performance.now() - spawnedMs;
  const waiting = new Map<number, { resolve(answer: Answer): void; reject(problem: Error): void }>();
  const onGone = (problem: Error) => {
    for (const { reject } of waiting.values()) reject(problem);
    waiting.clear();
  };
  const gone = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      live.delete(child);
      onGone(new Error(`node ${args.join(' ')} is gone (${code ?? signal})`));
      resolve();
    });
  });
  child.stdin.on('error', onGone);

  const told = new Set<unknown>();
  let onTold: () => void = () => undefined;
  let nextId = 0;
  let rest = '';
  const readAnswers = (chunk: Buffer) => {
    const atMs = nowMs();
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const { id, params } = JSON.parse(line) as { id?: number; params?: { progressToken?: unknown } };
      if (id === undefined) {
        told.add(params?.progressToken);
        onTold();
        continue;
      }
      waiting.get(id)?.resolve({ line, atMs });
      waiting.delete(id);
    }
  };
  child.stdout.on('data', readAnswers);

  const requestLine = (method: string, params: object) =>
    `${JSON.stringify({ jsonrpc: '2.0', id: nextId++, method, params })}\n`;

  return {
    nowMs,
    ask: (method, params = {}) =>
      new Promise((resolve, reject) => {
        waiting.set(nextId, { resolve, reject });
        child.stdin.write(requestLine(method, params));
      }),
    notify: (method) => void child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method })}\n`),
    callRate: (tool, calls, inFlight) =>
      new Promise((resolve) => {
        let sent = 0;
        let answered = 0;
        const send = (most: number) => {
          let text = '';
          for (const end = Math.min(calls, sent + most); sent < end; sent += 1)
            text += requestLine('tools/call', { name: tool, arguments: {} });
          if (text !== '') child.stdin.write(text);
        };
        // Every line is the answer of a call: nothing else is said meanwhile, and nothing is parsed.
        const countAnswers = (chunk: Buffer) => {
          let news = 0;
          for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) news += 1;
          answered += news;
          if (answered < calls) return send(news);
          child.stdout.off('data', countAnswers).on('data', readAnswers);
          resolve(calls / ((performance.now() - beganMs) / 1_000));
        };
        child.stdout.off('data', readAnswers).on('data', countAnswers);
        const beganMs = performance.now();
        send(inFlight);
      }),
    allProgress: (calls) =>
      new Promise((resolve) => {
        onTold = () => {
          if (told.size >= calls) resolve();
        };
        onTold();
      }),
    cpuMs() {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) * msATick;
    },
    peakKib() {
      const [, kib] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
      return Number(kib);
    },
    kill() {
      child.kill('SIGKILL');
      return gone;
    },
    leave() {
      child.stdin.end();
      return gone;
    },
  };
}

export interface Greeted {
  readonly server: Running;
  readonly initialize: Answer;
  readonly list: Answer;
}

/** Starts a server and says what every client says: initialize, initialized, tools/list. */
export async function greet(launch: Launch): Promise<Greeted> {
  const server = start(launch);
  const initialize = await server.ask('initialize', {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: launch.clientName, version: '1' },
  });
  server.notify('notifications/initialized');
  return { server, initialize, list: await server.ask('tools/list') };
}

/** Calls a tool; throws when it answers with an error. */
export async function call(server: Running, name: string): Promise<Answer> {
  const answer = await server.ask('tools/call', { name, arguments: {} });
  const { result } = JSON.parse(answer.line) as { result?: { isError?: boolean } };
  if (result === undefined || result.isError === true) throw new Error(`${name} failed: ${answer.line.slice(0, 500)}`);
  return answer;
}
