import type { ModelRequest, WireFormat } from './scripted-model.ts';

interface Block {
  readonly type: string;
}

interface MessagesRequest extends ModelRequest {
  readonly messages: readonly { readonly content: string | readonly Block[] }[];
}

let ids = 0;

/** Anthropic Messages. */
export const messagesFormat: WireFormat<MessagesRequest> = {
  path: '/v1/messages',
  messagesOf: ({ messages }) => messages,
  resultsOf: ({ messages }) =>
    messages
      .flatMap(({ content }) => (typeof content === 'string' ? [] : content))
      .filter(({ type }) => type === 'tool_result'),
  turn(model, call) {
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
    ];
  },
};
