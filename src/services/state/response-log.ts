/** The answers of one tool. */
export interface ToolResponses {
  readonly toolName: string;
  /** In UTF-8, of the texts. */
  readonly responseBytes: number;
  readonly invocations: number;
}

/** How much the tools of this server have answered, in memory only. */
export interface ResponseLog {
  /** @param toolName of a tool that exists: the memory is bounded by their number */
  add(toolName: string, responseBytes: number): void;
  /** Each tool once, in the order of the first answers. */
  report(): readonly ToolResponses[];
  /** Twice is safe. */
  clear(): void;
}

export function createResponseLog(): ResponseLog {
  const tools = new Map<string, ToolResponses>();
  return {
    add(toolName, responseBytes) {
      const before = tools.get(toolName) ?? { responseBytes: 0, invocations: 0 };
      tools.set(toolName, {
        toolName,
        responseBytes: before.responseBytes + responseBytes,
        invocations: before.invocations + 1,
      });
    },
    report: () => [...tools.values()],
    clear: () => tools.clear(),
  };
}
