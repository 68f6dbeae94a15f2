import { errorKinds, type Fault } from './app-error.ts';
import { encodeJson } from './encode-json.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';

export interface TextContent {
  readonly type: 'text';
  readonly text: string;
}

/** The answer to a tools/call. */
export interface ToolResult {
  readonly content: readonly TextContent[];
  /** The same as the text, parsed; absent where that is not an object. */
  readonly structuredContent?: JsonObject;
  readonly isError?: true;
}

/** Text as it is, anything else as JSON. A client gives its model either the text or the structured content. */
export function toolResultOf(value: unknown): ToolResult {
  const text = typeof value === 'string' ? value : encodeJson(value);
  return { content: [{ type: 'text', text }], ...(isJsonObject(value) && { structuredContent: value }) };
}

/** A failure as the model reads it: a text alone, which every client passes on. */
export function toolErrorOf({ code, message, details }: Fault): ToolResult {
  const { retryable } = errorKinds[code];
  const text = encodeJson({ success: false, error: message, code, retryable, details: details ?? {} });
  return { content: [{ type: 'text', text }], isError: true };
}
