import { type ChildProcess, execFile } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A line of the server's log. */
export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface ServerOptions {
  readonly program: string;
  /** After `serve`. */
  readonly args?: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  onLog(line: LogLine): void;
}

/** A server that the SDK's client transport starts. The transport does not report the exit of its child; this does. */
export interface ServerUnderTest {
  readonly transport: StdioClientTransport;
  /** When the process was spawned, in milliseconds since the epoch; null before that. */
  readonly spawnedAtMs: number | null;
  /** 0 before that. */
  readonly pid: number;
  /** Settles when the server has exited. */
  readonly exited: Promise<Exit>;
  kill(): void;
}

export function serverUnderTest({ program, args = [], cwd, env, onLog }: ServerOptions): ServerUnderTest {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program, 'serve', ...args],
    cwd,
    env: { ...env },
    stderr: 'pipe',
  });
  if (transport.stderr !== null) readLog(transport.stderr as Readable, onLog);
  let child: ChildProcess | null = null;
  let spawnedAtMs: number | null = null;
  const exited = new Promise<Exit>((resolve) => {
    // The next child process of this one is the server.
    const onChild = (message: unknown) => {
      unsubscribe('child_process', onChild);
      spawnedAtMs = Date.now();
      child = (message as { process: ChildProcess }).process;
      child.once('exit', (code, signal) => resolve({ code, signal }));
    };
    subscribe('child_process', onChild);
  });
  return {
    transport,
    exited,
    get spawnedAtMs() {
      return spawnedAtMs;
    },
    get pid() {
      return child?.pid ?? 0;
    },
    kill: () => child?.kill('SIGKILL'),
  };
}

function readLog(stderr: Readable, onLog: (line: LogLine) => void): void {
  createInterface({ input: stderr }).on('line', (line) => {
    try {
      const { time, event, ...fields } = JSON.parse(line) as Record<string, unknown>;
      onLog({ atMs: Date.parse(String(time)), event: String(event), fields });
    } catch {
      onLog({ atMs: Date.now(), event: 'text', fields: { text: line } });
    }
  });
}

/** The answer of a tool, parsed. @throws Error where it is one */
export function answerOf(result: Awaited<ReturnType<Client['callTool']>>): unknown {
  const { content, isError } = result as CallToolResult;
  const [first] = content;
  const text = first?.type === 'text' ? first.text : '';
  if (isError === true) throw new Error(`a tool answered with an error: ${text}`);
  return JSON.parse(text);
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
}

/** Runs another command of the program beside the server. */
export function runCommand(
  { program, cwd, env }: Pick<ServerOptions, 'program' | 'cwd' | 'env'>,
  args: readonly string[],
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const options = { cwd, env: { ...getDefaultEnvironment(), ...env } };
    const child = execFile(process.execPath, [program, ...args], options, (_error, stdout) =>
      resolve({ code: child.exitCode ?? -1, stdout }),
    );
  });
}
