/** Arguments that clients add to tool calls on their own, as known in 2026-11. A tool ignores them, unless it declares one of that name. */
export const addedArguments: ReadonlySet<string> = new Set([
  'sessionId', // n8n
  'task_progress', // Cline
  'toolCallId', // n8n, since 1.119
  'wait_for_previous', // Gemini CLI
]);
