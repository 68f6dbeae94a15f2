import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { InMemoryTaskStore } from '@modelcontextprotocol/sdk/experimental/tasks';
import type { RequestTaskStore } from '@modelcontextprotocol/sdk/shared/protocol.js';
import {
  type ClientCapabilities,
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  type ElicitResult,
  ErrorCode,
  ListRootsRequestSchema,
  McpError,
  type Notification,
  type Request,
  type Result,
  ResultSchema,
  type Root,
} from '@modelcontextprotocol/sdk/types.js';
import { expect } from 'vitest';
import type { JsonObject } from '../../src/domain/json-object.ts';
import type { RequestId } from '../../src/domain/json-rpc.ts';

/** A program that serves MCP on stdio. */
export interface ServerCommand {
  readonly command: readonly string[];
  readonly cwd: string;
  /** The whole environment of the program. */
  readonly env: Readonly<Record<string, string>>;
}

/** What the person and the model behind the client answer. */
export interface ClientAnswers {
  roots: Root[];
  elicitation: ElicitResult;
  /** The text of the model; null: the request is refused. */
  sampling: string | null;
  /** What the client says of the status of a new task, which has always completed. */
  taskStatus: 'working' | 'completed';
}

export interface AskOptions {
  /** Asks for progress. */
  readonly onProgress?: () => void;
  /** Cancels the request, which then settles at once. */
  readonly signal?: AbortSignal;
}

/** A client of the official SDK that keeps what it gets, unchanged. */
export interface ObservedClient {
  readonly answers: ClientAnswers;
  /** The messages since `forget`, in order. */
  readonly received: readonly JsonObject[];
  /** What the SDK reported as errors: lines that are not messages, answers that nobody waits for. */
  readonly faults: readonly string[];
  /** The server's stderr so far. */
  readonly stderr: string;
  /** Sends a request. Settles with its answer, or with the `code` of its error; also if there is none within 10 s. */
  ask(method: string, params?: JsonObject, options?: AskOptions): Promise<JsonObject>;
  callTool(name: string, args?: JsonObject, options?: AskOptions): Promise<JsonObject>;
  notify(method: string): Promise<void>;
  /** Waits until such a message is among those received. */
  waitFor(isIt: (message: JsonObject) => boolean): Promise<void>;
  forget(): void;
  /** The request that has this id: its method and parameters. */
  requestWith(id: RequestId): string | undefined;
  /** Ends the server. */
  close(): Promise<void>;
}

const capabilities: ClientCapabilities = {
  roots: { listChanged: true },
  sampling: {},
  elicitation: { form: {}, url: {} },
  tasks: { list: {}, cancel: {}, requests: { sampling: { createMessage: {} }, elicitation: { create: {} } } },
};

/** Starts a server and shakes hands with it. */
export async function observeServer(server: ServerCommand, roots: Root[]): Promise<ObservedClient> {
  const { command, cwd, env } = server;
  // The transport would add variables of this process.
  const args = ['-i', ...Object.entries(env).map(([name, value]) => `${name}=${value}`), ...command];
  const transport = new StdioClientTransport({ command: 'env', args, cwd, stderr: 'pipe', maxBufferSize: 2 ** 26 });
  const client = new Client<Request, Notification, Result>(
    { name: 'observed-client', title: 'Observed client', version: '1.2.3' },
    { capabilities, taskStore: new InMemoryTaskStore() },
  );
  const answers: ClientAnswers = {
    roots,
    elicitation: { action: 'cancel' },
    sampling: 'The model has answered.',
    taskStatus: 'completed',
  };
  answerRequests(client, answers);

  const received: JsonObject[] = [];
  const faults: string[] = [];
  const requests = new Map<RequestId, string>();
  let stderr = '';
  transport.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  transport.onmessage = (message) => void received.push(message as unknown as JsonObject);
  client.onerror = ({ message }) => {
    // The SDK reports the progress that comes with an answer, or after a cancellation.
    if (!message.startsWith('Received a progress notification')) faults.push(message);
  };
  const send = transport.send.bind(transport);
  transport.send = (message) => {
    if ('method' in message && 'id' in message) {
      const { _meta, ...params } = message.params ?? {};
      requests.set(message.id, `${message.method} ${JSON.stringify(params)}`);
    }
    return send(message);
  };
  try {
    await client.connect(transport);
  } catch (problem) {
    await client.close();
    throw new Error(`the server did not shake hands\nstderr: ${stderr.slice(-4_000)}`, { cause: problem });
  }

  const observed: ObservedClient = {
    answers,
    received,
    faults,
    get stderr() {
      return stderr;
    },
    async ask(method, params, { onProgress, signal } = {}) {
      const options = { timeout: 10_000, ...(onProgress && { onprogress: onProgress }), ...(signal && { signal }) };
      try {
        return await client.request({ method, ...(params && { params }) }, ResultSchema, options);
      } catch (problem) {
        if (problem instanceof McpError) return { code: problem.code };
        if (signal?.aborted === true) return {};
        throw problem;
      }
    },
    callTool: (name, args = {}, options) => observed.ask('tools/call', { name, arguments: args }, options),
    notify: (method) => client.notification({ method }),
    waitFor: (isIt) => expect.poll(() => received.some(isIt), { interval: 5 }).toBe(true),
    forget: () => void received.splice(0),
    requestWith: (id) => requests.get(id),
    async close() {
      // Otherwise the SDK waits for 2 s before it ends a server that ignores the end of its input.
      if (transport.pid !== null) process.kill(transport.pid, 'SIGTERM');
      await client.close();
    },
  };
  return observed;
}

function answerRequests(client: Client<Request, Notification, Result>, answers: ClientAnswers): void {
  client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: answers.roots }));
  client.setRequestHandler(CreateMessageRequestSchema, async ({ params: { task } }, { taskStore }) => {
    if (answers.sampling === null) throw new McpError(ErrorCode.InvalidRequest, 'the person refused', { by: 'person' });
    const content = { type: 'text' as const, text: answers.sampling };
    const result = { role: 'assistant' as const, content, model: 'a-model', stopReason: 'endTurn' };
    return task && taskStore ? finishTask(taskStore, result, answers) : result;
  });
  client.setRequestHandler(ElicitRequestSchema, async ({ params: { task } }, { taskStore }) =>
    task && taskStore ? finishTask(taskStore, answers.elicitation, answers) : answers.elicitation,
  );
}

async function finishTask(store: RequestTaskStore, result: Result, { taskStatus }: ClientAnswers): Promise<Result> {
  const task = await store.createTask({ ttl: 60_000 });
  await store.storeTaskResult(task.taskId, 'completed', result);
  return { task: { ...task, status: taskStatus } };
}
