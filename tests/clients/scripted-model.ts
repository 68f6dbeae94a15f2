import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** A tool that the model asks for, with its arguments. */
export type Wish = readonly [tool: string, args: object];

/** What a client has told the model so far: every text of the latest request. */
export interface ScriptedModel {
  readonly url: string;
  readonly heard: string;
}

interface Block {
  readonly type: string;
}

interface ModelRequest {
  readonly model: string;
  readonly tools?: readonly object[];
  readonly messages: readonly { readonly content: string | readonly Block[] }[];
}

/** A Messages endpoint on the loopback whose model asks for one tool after another, and then ends its turn. */
export async function startScriptedModel(wishes: readonly Wish[]): Promise<ScriptedModel> {
  let heard = '';
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    if (!request.url?.startsWith('/v1/messages')) return response.writeHead(404).end('{}');
    if (request.url.includes('count_tokens')) return response.end('{"input_tokens":1}');
    const asked = JSON.parse(body) as ModelRequest;
    // Requests without tools are the client's own business, such as a title for the session.
    const isTurn = (asked.tools?.length ?? 0) > 0;
    if (isTurn) heard = JSON.stringify(asked.messages);
    const wish = isTurn ? wishes[resultsIn(asked)] : undefined;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of turn(asked.model, wish))
      response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    return response.end();
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get heard() {
      return heard;
    },
  };
}

const resultsIn = ({ messages }: ModelRequest): number =>
  messages
    .flatMap(({ content }) => (typeof content === 'string' ? [] : content))
    .filter(({ type }) => type === 'tool_result').length;

let ids = 0;

function turn(model: string, wish: Wish | undefined): { readonly type: string }[] {
  ids += 1;
  const usage = { input_tokens: 1, output_tokens: 1 };
  const message = {
    id: `msg_${ids}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    usage,
  };
  const [block, delta, stopReason] =
    wish === undefined
      ? [{ type: 'text', text: '' }, { type: 'text_delta', text: 'done' }, 'end_turn']
      : [
          { type: 'tool_use', id: `toolu_${ids}`, name: wish[0], input: {} },
          { type: 'input_json_delta', partial_json: JSON.stringify(wish[1]) },
          'tool_use',
        ];
  return [
    { type: 'message_start', message },
    { type: 'content_block_start', index: 0, content_block: block },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: stopReason }, usage },
    { type: 'message_stop' },
  ] as { type: string }[];
}
