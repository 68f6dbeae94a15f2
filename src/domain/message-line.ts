import { encodeJson } from './encode-json.ts';
import type { JsonRpcMessage, RequestId } from './json-rpc.ts';

/** The line that a message came as. */
export interface MessageLine {
  readonly text: string;
  /** The id in it; undefined: it has none. */
  readonly id: RequestId | undefined;
}

/**
 * The text of a message to be passed on: the line that it came as, byte by byte, but for the id if that is another one now.
 * @param line undefined: the message has no line, or more than its id has changed
 */
export function textOfMessage(message: JsonRpcMessage, line: MessageLine | undefined): string {
  if (line === undefined) return encodeJson(message);
  const id = 'id' in message ? message.id : undefined;
  if (id === line.id || id === undefined || line.id === undefined) return line.text;
  return withIdReplaced(line.text, line.id, id) ?? encodeJson({ ...(JSON.parse(line.text) as object), id });
}

const heads = ['{"jsonrpc":"2.0","id":', '{"id":', '{"jsonrpc": "2.0", "id": '];

/**
 * Serializers write the id first or last. There it is a member of the message itself and not of something within: what precedes it opens the
 * object, or what follows it closes the object.
 */
function withIdReplaced(text: string, from: RequestId, to: RequestId): string | null {
  const [before, after] = [encodeJson(from), encodeJson(to)];
  const tail = `"id":${before}}`;
  if (text.endsWith(`,${tail}`)) return `${text.slice(0, -tail.length)}"id":${after}}`;
  for (const head of heads)
    if (text.startsWith(`${before},`, head.length) && text.startsWith(head))
      return `${head}${after}${text.slice(head.length + before.length)}`;
  return null;
}
