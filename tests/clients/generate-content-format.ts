import type { ModelRequest, WireFormat } from './scripted-model.ts';

interface Part {
  readonly functionResponse?: object;
}

interface GenerateContentRequest extends ModelRequest {
  readonly contents: readonly { readonly parts: readonly Part[] }[];
}

/** The name of the model is in the path. */
export const geminiModel = 'gemini-2.5-flash';

/** Gemini's generateContent, streamed. */
export const generateContentFormat: WireFormat<GenerateContentRequest> = {
  path: `/v1beta/models/${geminiModel}:streamGenerateContent`,
  messagesOf: ({ contents }) => contents,
  resultsOf: ({ contents }) =>
    contents.flatMap(({ parts }) => parts).flatMap(({ functionResponse }) => functionResponse ?? []),
  turn(_model, call) {
    const parts = call === undefined ? [{ text: 'done' }] : [{ functionCall: { name: call[0], args: call[1] } }];
    const candidate = { content: { role: 'model', parts }, finishReason: 'STOP', index: 0 };
    const usageMetadata = { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 };
    return [{ candidates: [candidate], usageMetadata }];
  },
};
