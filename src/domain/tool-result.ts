import { errorKinds, type Fault } from './app-error.ts';
import { encodeJson } from './encode-json.ts';

export interface TextContent {
  readonly type: 'text';
  readonly text: string;
}

/** The answer to a tools/call. */
export interface ToolResult {
  readonly content: readonly TextContent[];
  readonly isError?: true;
}

/** A result as the model reads it: text as it is, anything else as JSON. */
export function toolResultOf(value: unknown): ToolResult {
  return { content: [{ type: 'text', text: typeof value === 'string' ? value : encodeJson(value) }] };
}

/** A failure as the model reads it. */
export function toolErrorOf({ code, message, details }: Fault): ToolResult {
  const { retryable } = errorKinds[code];
  const text = encodeJson({ success: false, error: message, code, retryable, details: details ?? {} });
  return { content: [{ type: 'text', text }], isError: true };
}
