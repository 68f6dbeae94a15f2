import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { JsonObject } from '../../src/domain/json-object.ts';

/** A tool call of the model. */
export type ScriptedCall = readonly [tool: string, args: object];

/** A model that answers from a script. */
export interface ScriptedModel {
  readonly url: string;
  /** The bodies of its turns' requests, in order. */
  readonly requests: readonly string[];
  /** The messages of the latest request, as JSON. */
  readonly received: string;
  /** The results of its calls in that request, each as JSON. */
  readonly results: readonly string[];
}

/** What all wire formats have in common. */
export interface ModelRequest {
  readonly model: string;
  readonly tools?: readonly object[];
}

/** How a client and its model talk. */
export interface WireFormat<Request extends ModelRequest> {
  /** The path of the endpoint. */
  readonly path: string;
  /** The conversation so far. */
  messagesOf(request: Request): readonly object[];
  /** The results of the tool calls so far. */
  resultsOf(request: Request): readonly object[];
  /** The events of a turn: a tool call, or a text that ends the conversation. */
  turn(model: string, call: ScriptedCall | undefined): readonly JsonObject[];
}

/** An endpoint on the loopback interface whose model calls one tool after another and then ends its turn. */
export async function startScriptedModel<Request extends ModelRequest>(
  { path, messagesOf, resultsOf, turn }: WireFormat<Request>,
  calls: readonly ScriptedCall[],
): Promise<ScriptedModel> {
  const requests: string[] = [];
  let received = '';
  let results: readonly string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    if (request.url?.split('?')[0] !== path) return response.writeHead(404).end('{}');
    const parsed = JSON.parse(body) as Request;
    // The client sends requests without tools for its own use, such as a title for the session.
    const isTurn = (parsed.tools?.length ?? 0) > 0;
    if (isTurn) {
      requests.push(body);
      received = JSON.stringify(messagesOf(parsed));
      results = resultsOf(parsed).map((result) => JSON.stringify(result));
    }
    sendEvents(response, turn(parsed.model, isTurn ? calls[results.length] : undefined));
    return response.end();
  };
  const url = await serveModel((request, response) => void answer(request, response));
  return {
    url,
    requests,
    get received() {
      return received;
    },
    get results() {
      return results;
    },
  };
}

/** Begins a stream of events, and leaves it open. */
export function sendEvents(response: ServerResponse, events: readonly JsonObject[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of events)
    response.write(
      `${typeof event.type === 'string' ? `event: ${event.type}\n` : ''}data: ${JSON.stringify(event)}\n\n`,
    );
}

/** Serves on the loopback interface until the test ends. @returns its address */
export async function serveModel(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
