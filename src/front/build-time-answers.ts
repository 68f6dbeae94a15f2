import { within } from '../domain/within.ts';
import { agreedVersion, type Handshake, initializeResult, type ListedTool, toolsListResult } from './handshake.ts';
import type { HandshakeAnswers } from './handshake-answers.ts';

/** Answers that were asked of our own server when it was built. */
export interface BuildTimeAnswers extends HandshakeAnswers {
  /**
   * The listed tools may have changed. Call it just before the client is notified. Settles when it has asked for the new list, at once if that is
   * the same, and after 100 ms at the latest, because many clients never ask.
   */
  changeList(): Promise<void>;
}

export function createBuildTimeAnswers<Tool extends ListedTool>(
  handshake: Handshake<Tool>,
  isListed: (tool: Tool) => boolean,
  relistLimitMs = 100,
): BuildTimeAnswers {
  const needs = new Map(handshake.tools.map((tool) => [tool.name, tool.needs]));
  let list: string | null = null;
  let onListed: () => void = () => undefined;
  const makeList = () => toolsListResult(handshake.tools.filter(isListed));
  return {
    initialize({ protocolVersion }, instructions) {
      // What is listed may depend on the client.
      list = null;
      const version = agreedVersion(handshake, String(protocolVersion));
      return { version, result: initializeResult(handshake, version, instructions) };
    },
    list(method) {
      if (method !== 'tools/list') return null;
      list ??= makeList();
      onListed();
      return list;
    },
    needsOf: (tool) => needs.get(tool) ?? [],
    changeList() {
      const before = list;
      list = null;
      if (before === null || before === makeList()) return Promise.resolve();
      const listed = new Promise<void>((resolve) => {
        onListed = resolve;
      });
      return within(relistLimitMs, listed);
    },
  };
}
