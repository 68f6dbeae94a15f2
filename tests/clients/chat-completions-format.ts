import type { ModelRequest, WireFormat } from './scripted-model.ts';

interface ChatCompletionsRequest extends ModelRequest {
  readonly messages: readonly { readonly role: string }[];
}

let ids = 0;

/** OpenAI Chat Completions. */
export const chatCompletionsFormat: WireFormat<ChatCompletionsRequest> = {
  path: '/v1/chat/completions',
  messagesOf: ({ messages }) => messages,
  resultsOf: ({ messages }) => messages.filter(({ role }) => role === 'tool'),
  turn(model, call) {
    ids += 1;
    const chunk = (delta: object, finishReason: string | null) => ({
      id: `chatcmpl_${ids}`,
      object: 'chat.completion.chunk',
      created: 1,
      model,
      choices: [{ index: 0, delta, finish_reason: finishReason }],
    });
    if (call === undefined) return [chunk({ role: 'assistant', content: 'done' }, null), chunk({}, 'stop')];
    const toolCall = {
      index: 0,
      id: `call_${ids}`,
      type: 'function',
      function: { name: call[0], arguments: JSON.stringify(call[1]) },
    };
    return [chunk({ role: 'assistant', tool_calls: [toolCall] }, null), chunk({}, 'tool_calls')];
  },
};
