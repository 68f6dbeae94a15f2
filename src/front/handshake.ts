import { encodeJson } from '../domain/encode-json.ts';
/** A tool as the front lists it. */
export interface ListedTool {
  readonly name: string;
  /** The start-up tasks that must be done before a call of it runs. */
  readonly needs: readonly string[];
  /** Its member of tools/list, as JSON. */
  readonly json: string;
}

/** The answers of the server behind the front, asked beforehand, so that the front can give them before that server is loaded. */
export interface Handshake<Tool extends ListedTool = ListedTool> {
  /** Newest first; the first is answered to a version that is not among them. */
  readonly protocolVersions: readonly string[];
  /** The initialize result as JSON, in two pieces around the protocol version. */
  readonly initializeHead: string;
  readonly initializeTail: string;
  /** In the order of tools/list. */
  readonly tools: readonly Tool[];
}

/** The protocol version that is answered to the one that the client asks for. */
export const agreedVersion = ({ protocolVersions }: Handshake, asked: string): string =>
  (protocolVersions.includes(asked) ? asked : protocolVersions[0]) ?? asked;

/** @param instructions replace the server's own */
export function initializeResult(handshake: Handshake, version: string, instructions?: string): string {
  const { initializeHead, initializeTail } = handshake;
  const result = initializeHead + encodeJson(version) + initializeTail;
  return instructions === undefined ? result : encodeJson({ ...JSON.parse(result), instructions });
}

export function toolsListResult(tools: readonly ListedTool[]): string {
  return `{"tools":[${tools.map(({ json }) => json).join(',')}]}`;
}

/** A handshake in a file: an index on the first line, the tools' JSON behind it. Only the index is parsed. */
interface HandshakeIndex<Tool extends ListedTool> extends Omit<Handshake, 'tools'> {
  readonly buildId: string;
  readonly tools: readonly (Omit<Tool, 'json'> & { readonly length: number })[];
}

/** @param buildId of the program that the handshake belongs to */
export function handshakeText<Tool extends ListedTool>(handshake: Handshake<Tool>, buildId: string): string {
  const tools = handshake.tools.map(({ json, ...tool }) => ({ ...tool, length: json.length }));
  const index: HandshakeIndex<Tool> = { ...handshake, buildId, tools };
  return `${encodeJson(index)}\n${handshake.tools.map(({ json }) => json).join('')}`;
}

/** @throws SyntaxError where the text is not a handshake; `null` where it belongs to another build */
export function parseHandshake<Tool extends ListedTool>(text: string, buildId: string): Handshake<Tool> | null {
  let at = text.indexOf('\n') + 1;
  const { tools: listed, ...index } = JSON.parse(text.slice(0, at)) as HandshakeIndex<Tool>;
  if (index.buildId !== buildId) return null;
  const tools = listed.map(({ length, ...tool }) => {
    const json = text.slice(at, at + length);
    at += length;
    return { ...tool, json } as unknown as Tool;
  });
  if (at !== text.length) throw new SyntaxError('the handshake is torn');
  return { ...index, tools };
}
