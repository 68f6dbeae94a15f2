import { isJsonObject, type JsonObject } from '../domain/json-object.ts';
import { type JsonRpcMessage, type JsonRpcRequest, jsonRpcCode, type RequestId } from '../domain/json-rpc.ts';
import type { MessageLine } from '../domain/message-line.ts';
import type { ToolFilter } from '../domain/tool-filter.ts';

/** Takes a message to the server, or to the client. */
type Take = (message: JsonRpcMessage, line: MessageLine | undefined) => void;

/** The tools of a wrapped server as its client sees them: without those that are not allowed, and under names that are short enough. */
export interface ShownTools {
  /** The members of a tools/list, of which the client knows from now on. */
  list(tools: readonly JsonObject[]): readonly JsonObject[];
  /** The server has these tools: others that the client knows of are gone. */
  setPresent(tools: readonly JsonObject[]): void;
  /** Calls reach the server under its own names; lists reach the client as `list` makes them. */
  between(toServer: Take, toClient: Take): { readonly toServer: Take; readonly toClient: Take };
}

/** @param serverName for people */
export function createShownTools(filter: ToolFilter, serverName: string): ShownTools {
  /** As the server names them. */
  let listed: ReadonlySet<string> = new Set();
  let present: ReadonlySet<string> | null = null;

  const list = (tools: readonly JsonObject[]) => {
    listed = new Set(namesOf(tools));
    if (filter.isNeutral) return tools;
    const allowed = tools.flatMap((tool) => {
      const { name } = tool;
      return typeof name === 'string' && filter.isAllowed(name) ? [{ tool, name }] : [];
    });
    filter.learn(allowed.map(({ name }) => name));
    return allowed.map(({ tool, name }) => ({ ...tool, name: filter.shownName(name) }));
  };
  /** Why a tool cannot be called; null: it can. */
  const explainRefusal = (shown: string, real: string) => {
    // As a server answers that has no such tool.
    if (!filter.isAllowed(real)) return `Unknown tool: ${shown}`;
    return listed.has(real) && present !== null && !present.has(real)
      ? `The tool ${shown} is gone: ${serverName} has other tools than when they were listed. List them again.`
      : null;
  };
  /** The call as it reaches the server, or why it does not. */
  const admit = (call: JsonRpcRequest): JsonRpcRequest | string => {
    const { params = {} } = call;
    const { name } = params;
    if (typeof name !== 'string') return filter.isNeutral ? call : 'Unknown tool';
    // Some servers take `Name` for `name`.
    if (!filter.isNeutral && Object.keys(params).some((key) => key !== 'name' && key.toLowerCase() === 'name'))
      return 'A call has one member "name", in small letters';
    const real = filter.realName(name);
    return explainRefusal(name, real) ?? (real === name ? call : { ...call, params: { ...params, name: real } });
  };

  return {
    list,
    setPresent(tools) {
      present = new Set(namesOf(tools));
      filter.learn([...present].filter(filter.isAllowed));
    },
    between(toServer, toClient) {
      const lists = new Set<RequestId>();
      return {
        toServer(message, line) {
          // What a filter has to see is written anew: a line may have a second name, which is what the server reads.
          const seenLine = filter.isNeutral ? line : undefined;
          if (!('method' in message)) return toServer(message, line);
          if (!('id' in message)) {
            // Some servers run a call that has no id, although nobody waits for its answer.
            const isCall = message.method === 'tools/call';
            return isCall && !filter.isNeutral ? undefined : toServer(message, seenLine);
          }
          if (message.method === 'tools/list' && !filter.isNeutral) lists.add(message.id);
          if (message.method !== 'tools/call') return toServer(message, seenLine);
          const admitted = admit(message);
          if (typeof admitted !== 'string') return toServer(admitted, admitted === message ? seenLine : undefined);
          const error = { code: jsonRpcCode.invalidParams, message: admitted };
          return toClient({ jsonrpc: '2.0', id: message.id, error }, undefined);
        },
        toClient(message, line) {
          if ('method' in message || !lists.delete(message.id)) return toClient(message, line);
          const result = message.result as JsonObject | undefined;
          if (!Array.isArray(result?.tools)) return toClient(message, line);
          const tools = list(result.tools.filter(isJsonObject));
          return toClient({ ...message, result: { ...result, tools } }, undefined);
        },
      };
    },
  };
}

const namesOf = (tools: readonly JsonObject[]): string[] =>
  tools.flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
