import type { JsonObject } from '../../src/domain/json-object.ts';
import type { ModelRequest, ScriptedCall, WireFormat } from './scripted-model.ts';

interface Block {
  readonly type: string;
}

interface MessagesRequest extends ModelRequest {
  readonly messages: readonly { readonly content: string | readonly Block[] }[];
}

let ids = 0;

/** The events of a turn: a tool call, or a text that ends the conversation. */
export function messageEvents(model: string, turn: ScriptedCall | string): readonly JsonObject[] {
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
    typeof turn === 'string'
      ? [{ type: 'text', text: '' }, { type: 'text_delta', text: turn }, 'end_turn']
      : [
          { type: 'tool_use', id: `toolu_${ids}`, name: turn[0], input: {} },
          { type: 'input_json_delta', partial_json: JSON.stringify(turn[1]) },
          'tool_use',
        ];
  return [
    { type: 'message_start', message },
    { type: 'content_block_start', index: 0, content_block: block },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: stopReason }, usage },
    { type: 'message_stop' },
  ];
}

/** Anthropic Messages. */
export const messagesFormat: WireFormat<MessagesRequest> = {
  path: '/v1/messages',
  messagesOf: ({ messages }) => messages,
  resultsOf: ({ messages }) =>
    messages
      .flatMap(({ content }) => (typeof content === 'string' ? [] : content))
      .filter(({ type }) => type === 'tool_result'),
  turn: (model, call) => messageEvents(model, call ?? 'done'),
};
