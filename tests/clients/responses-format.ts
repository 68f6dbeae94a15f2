import type { ModelRequest, WireFormat } from './scripted-model.ts';

interface ResponsesRequest extends ModelRequest {
  readonly input: readonly { readonly type: string }[];
}

let ids = 0;

/** OpenAI Responses. A tool of a namespace is written `namespace.tool`. */
export const responsesFormat: WireFormat<ResponsesRequest> = {
  path: '/v1/responses',
  messagesOf: ({ input }) => input,
  resultsOf: ({ input }) => input.filter(({ type }) => type === 'function_call_output'),
  turn(_model, call) {
    ids += 1;
    const id = `resp_${ids}`;
    const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
    const [name, namespace] = call?.[0].split('.').toReversed() ?? [];
    const item =
      call === undefined
        ? { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'done' }] }
        : { type: 'function_call', call_id: `call_${ids}`, name, namespace, arguments: JSON.stringify(call[1]) };
    return [
      { type: 'response.created', response: { id } },
      { type: 'response.output_item.done', output_index: 0, item },
      { type: 'response.completed', response: { id, output: [item], usage } },
    ];
  },
};
