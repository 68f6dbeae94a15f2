import { errorKinds, type Fault } from './app-error.ts';

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
  return { content: [{ type: 'text', text: typeof value === 'string' ? value : JSON.stringify(value) }] };
}

/** A failure as the model reads it. */
export function toolErrorOf({ code, message, details }: Fault): ToolResult {
  const { retryable } = errorKinds[code];
  const text = JSON.stringify({ success: false, error: message, code, retryable, details: details ?? {} });
  return { content: [{ type: 'text', text }], isError: true };
}
