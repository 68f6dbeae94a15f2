import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** A tool call of the model. */
export type ScriptedCall = readonly [tool: string, args: object];

/** A model that answers from a script. */
export interface ScriptedModel {
  readonly url: string;
  /** The messages of the latest request, as JSON. */
  readonly received: string;
}

interface Block {
  readonly type: string;
}

interface ModelRequest {
  readonly model: string;
  readonly tools?: readonly object[];
  readonly messages: readonly { readonly content: string | readonly Block[] }[];
}

/** A Messages endpoint on the loopback interface whose model calls one tool after another and then ends its turn. */
export async function startScriptedModel(calls: readonly ScriptedCall[]): Promise<ScriptedModel> {
  let received = '';
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    if (!request.url?.startsWith('/v1/messages')) return response.writeHead(404).end('{}');
    if (request.url.includes('count_tokens')) return response.end('{"input_tokens":1}');
    const parsed = JSON.parse(body) as ModelRequest;
    // The client sends requests without tools for its own use, such as a title for the session.
    const isTurn = (parsed.tools?.length ?? 0) > 0;
    if (isTurn) received = JSON.stringify(parsed.messages);
    const call = isTurn ? calls[resultsIn(parsed)] : undefined;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of turn(parsed.model, call))
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
    get received() {
      return received;
    },
  };
}

const resultsIn = ({ messages }: ModelRequest): number =>
  messages
    .flatMap(({ content }) => (typeof content === 'string' ? [] : content))
    .filter(({ type }) => type === 'tool_result').length;

let ids = 0;

function turn(model: string, call: ScriptedCall | undefined): { readonly type: string }[] {
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
    call === undefined
      ? [{ type: 'text', text: '' }, { type: 'text_delta', text: 'done' }, 'end_turn']
      : [
          { type: 'tool_use', id: `toolu_${ids}`, name: call[0], input: {} },
          { type: 'input_json_delta', partial_json: JSON.stringify(call[1]) },
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
