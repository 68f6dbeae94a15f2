import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { getDefaultEnvironment } from '@modelcontextprotocol/sdk/client/stdio.js';

/** How to start a server: Node with these arguments, in the environment of the SDK's stdio client plus `env`. */
export interface Launch {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The client's name in initialize. */
  readonly clientName: string;
}

export interface Answer {
  /** The line as received. */
  readonly line: string;
  /** Milliseconds since the spawn. */
  readonly atMs: number;
}

/** A spawned server and the client's end of its pipes. */
export interface Running {
  /** Milliseconds since the spawn. */
  nowMs(): number;
  /** Sends a request; settles with its answer. */
  ask(method: string, params?: object): Promise<Answer>;
  notify(method: string): void;
  /** Keeps `inFlight` calls of a tool in flight until `calls` are answered; settles with calls per second. */
  callRate(tool: string, calls: number, inFlight: number): Promise<number>;
  /** Settles when this many calls have sent progress. */
  allProgress(calls: number): Promise<void>;
  /** The processor time of the process so far. */
  cpuMs(): number;
  /** The peak memory of the process so far (VmHWM), in KiB. */
  peakKib(): number;
  /** Its memory now (VmRSS), in KiB. */
  residentKib(): number;
  kill(): Promise<void>;
  /** Ends stdin, as the SDK's client does; settles when the server has exited. */
  leave(): Promise<void>;
}

/** USER_HZ is 100 on every architecture that Node runs on: proc(5). */
const msPerTick = 10;

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
  const rejectWaiting = (problem: Error) => {
    for (const { reject } of waiting.values()) reject(problem);
    waiting.clear();
  };
  const exited = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      live.delete(child);
      rejectWaiting(new Error(`node ${args.join(' ')} has exited (${code ?? signal})`));
      resolve();
    });
  });
  child.stdin.on('error', rejectWaiting);

  const progressTokens = new Set<unknown>();
  let onProgress: () => void = () => undefined;
  let nextId = 0;
  let rest = '';
  const readAnswers = (chunk: Buffer) => {
    const atMs = nowMs();
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const { id, params } = JSON.parse(line) as { id?: number; params?: { progressToken?: unknown } };
      if (id === undefined) {
        progressTokens.add(params?.progressToken);
        onProgress();
        continue;
      }
      waiting.get(id)?.resolve({ line, atMs });
      waiting.delete(id);
    }
  };
  child.stdout.on('data', readAnswers);

  const kibOf = (name: 'VmHWM' | 'VmRSS') => {
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    return Number(new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(status)?.[1]);
  };
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
        // Each line is the answer to a call: the server sends nothing else meanwhile, so nothing is parsed.
        const countAnswers = (chunk: Buffer) => {
          let lines = 0;
          for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1;
          answered += lines;
          if (answered < calls) return send(lines);
          child.stdout.off('data', countAnswers).on('data', readAnswers);
          resolve(calls / ((performance.now() - beganMs) / 1_000));
        };
        child.stdout.off('data', readAnswers).on('data', countAnswers);
        const beganMs = performance.now();
        send(inFlight);
      }),
    allProgress: (calls) =>
      new Promise((resolve) => {
        onProgress = () => {
          if (progressTokens.size >= calls) resolve();
        };
        onProgress();
      }),
    cpuMs() {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) * msPerTick;
    },
    peakKib: () => kibOf('VmHWM'),
    residentKib: () => kibOf('VmRSS'),
    kill() {
      child.kill('SIGKILL');
      return exited;
    },
    leave() {
      child.stdin.end();
      return exited;
    },
  };
}

export interface StartedServer {
  readonly server: Running;
  readonly initialize: Answer;
  readonly list: Answer;
}

/** Starts a server and sends what every client sends: initialize, initialized, tools/list. */
export async function startAndList(launch: Launch): Promise<StartedServer> {
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
