import { within } from '../domain/within.ts';
import { type Handshake, type ListedTool, toolsListResult } from './handshake.ts';

/** The answer to tools/list, made again after what is listed has changed. */
export interface ToolList {
  /** The result as JSON. */
  answer(): string;
  /** What is listed may have changed. */
  reset(): void;
  /**
   * The same, just before the client is notified. Settles when it has asked for the new list, at once if that is the same, and after 100 ms at the
   * latest, because many clients never ask.
   */
  change(): Promise<void>;
}

export function createToolList<Tool extends ListedTool>(
  { tools }: Handshake<Tool>,
  isListed: (tool: Tool) => boolean,
  relistLimitMs = 100,
): ToolList {
  let list: string | null = null;
  let onAnswered: () => void = () => undefined;
  const make = () => toolsListResult(tools.filter(isListed));
  return {
    answer() {
      list ??= make();
      onAnswered();
      return list;
    },
    reset() {
      list = null;
    },
    change() {
      const before = list;
      list = null;
      if (before === null || before === make()) return Promise.resolve();
      const answered = new Promise<void>((resolve) => {
        onAnswered = resolve;
      });
      return within(relistLimitMs, answered);
    },
  };
}
