import { isJsonObject, type JsonObject } from '../domain/json-object.ts';
import { type JsonRpcMessage, jsonRpcCode, type RequestId } from '../domain/json-rpc.ts';
import type { MessageLine } from '../domain/message-line.ts';
import type { ToolFilter } from '../domain/tool-filter.ts';

/** Takes a message to the server, or to the client. */
type Take = (message: JsonRpcMessage, line: MessageLine | undefined) => void;

/** The tools of a wrapped server as its client sees them: without those that are not allowed, and under names that are short enough. */
export interface ShownTools {
  /** The members of a tools/list. */
  list(tools: readonly JsonObject[]): readonly JsonObject[];
  /** The server has other tools from now on. Those that it has no longer are gone until it has them again. */
  replace(before: readonly JsonObject[], after: readonly JsonObject[]): void;
  /** Calls reach the server under its own names; lists reach the client as `list` makes them. */
  between(toServer: Take, toClient: Take): { readonly toServer: Take; readonly toClient: Take };
}

/** @param serverName for people */
export function createShownTools(filter: ToolFilter, serverName: string): ShownTools {
  const gone = new Set<string>();
  const list = (tools: readonly JsonObject[]) => {
    if (filter.isNeutral) return tools;
    const allowed = tools.filter(({ name }) => filter.isAllowed(String(name)));
    filter.learn(allowed.map(({ name }) => String(name)));
    return allowed.map((tool) => ({ ...tool, name: filter.shownName(String(tool.name)) }));
  };
  /** Why a tool cannot be called; null: it can. */
  const explainRefusal = (shown: string, real: string) => {
    // As a server answers that has no such tool.
    if (!filter.isAllowed(real)) return `Unknown tool: ${shown}`;
    return gone.has(real)
      ? `The tool ${shown} is gone: ${serverName} has other tools than when they were listed. List them again.`
      : null;
  };
  return {
    list,
    replace(before, after) {
      for (const { name } of before) gone.add(String(name));
      for (const { name } of after) gone.delete(String(name));
    },
    between(toServer, toClient) {
      const lists = new Set<RequestId>();
      return {
        toServer(message, line) {
          if (!('method' in message && 'id' in message)) return toServer(message, line);
          const { id, method, params } = message;
          if (method === 'tools/list' && !filter.isNeutral) lists.add(id);
          if (method !== 'tools/call') return toServer(message, line);
          const shown = String(params?.name);
          const real = filter.realName(shown);
          const refusal = explainRefusal(shown, real);
          if (refusal !== null) {
            const error = { code: jsonRpcCode.invalidParams, message: refusal };
            return toClient({ jsonrpc: '2.0', id, error }, undefined);
          }
          if (real === shown) return toServer(message, line);
          return toServer({ ...message, params: { ...params, name: real } }, undefined);
        },
        toClient(message, line) {
          if ('method' in message || !lists.delete(message.id)) return toClient(message, line);
          const result = message.result as JsonObject | undefined;
          if (!Array.isArray(result?.tools)) return toClient(message, line);
          return toClient(
            { ...message, result: { ...result, tools: list(result.tools.filter(isJsonObject)) } },
            undefined,
          );
        },
      };
    },
  };
}
