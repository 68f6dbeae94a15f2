import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { messageEvents } from './messages-format.ts';
import { type ScriptedCall, sendEvents, serveModel } from './scripted-model.ts';

/** A text, in which `${marker}` and `${cwd}` stand for those that the prompt names, a tool call, or what can go wrong: the API refuses the request, or stops in the middle of its answer. */
export type ModelTurn =
  | string
  | ScriptedCall
  | { readonly status: number; readonly error: string; readonly headers?: Readonly<Record<string, string>> }
  | { readonly stallsAfter: string };

export interface UnreliableModel {
  readonly url: string;
  /** The bodies of its turns' requests, in order. */
  readonly requests: readonly string[];
}

interface MessagesRequest {
  readonly model: string;
  readonly tools?: readonly object[];
}

/** An endpoint for Anthropic Messages that answers each request with the next turn, and with the last one again and again. */
export async function startUnreliableModel(turns: readonly ModelTurn[]): Promise<UnreliableModel> {
  const requests: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    if (request.url?.split('?')[0] !== '/v1/messages') return response.writeHead(404).end('{}');
    const { model, tools = [] } = JSON.parse(body) as MessagesRequest;
    // Claude Code sends requests without tools for its own use.
    const turn = tools.length === 0 ? 'done' : (turns[Math.min(requests.push(body), turns.length) - 1] ?? 'done');
    if (typeof turn === 'object' && 'status' in turn) {
      const headers = { 'content-type': 'application/json', ...turn.headers };
      const error = { type: 'error', error: { type: 'api_error', message: turn.error } };
      return response.writeHead(turn.status, headers).end(JSON.stringify(error));
    }
    if (typeof turn === 'object' && 'stallsAfter' in turn)
      return sendEvents(response, messageEvents(model, turn.stallsAfter).slice(0, 3));
    sendEvents(response, messageEvents(model, typeof turn === 'string' ? fill(turn, body) : turn));
    return response.end();
  };
  return { url: await serveModel((request, response) => void answer(request, response)), requests };
}

const placeholders = {
  marker: /%%[A-Z_]+::[0-9a-f]{8}%%/,
  cwd: /(?<=Your working directory is )\/.*?(?=\. )/,
};

const fill = (text: string, prompt: string): string =>
  Object.entries(placeholders).reduce(
    (filled, [name, pattern]) => filled.replaceAll(`\${${name}}`, () => pattern.exec(prompt)?.[0] ?? ''),
    text,
  );
