import type { ToolMetadata } from '../domain/tool-visibility.ts';

/** A tool as the front lists it: its metadata, and its member of tools/list as a JSON string. */
export interface ListedTool extends ToolMetadata {
  readonly json: string;
}

/** The answers of the real MCP server, asked by the build, so that the door can give them before that server is loaded. */
export interface Handshake {
  /** Newest first; the first is answered to a version that is not among them. */
  readonly protocolVersions: readonly string[];
  /** The initialize result as JSON, cut where the protocol version stands. */
  readonly initializeHead: string;
  readonly initializeTail: string;
  /** In the order of tools/list. */
  readonly tools: readonly ListedTool[];
}

/** @param instructions stand in the place of the server's own */
export function initializeResult(handshake: Handshake, askedVersion: string, instructions?: string): string {
  const { protocolVersions, initializeHead, initializeTail } = handshake;
  const version = protocolVersions.includes(askedVersion) ? askedVersion : protocolVersions[0];
  const result = initializeHead + JSON.stringify(version) + initializeTail;
  return instructions === undefined ? result : JSON.stringify({ ...JSON.parse(result), instructions });
}

export function toolsListResult(tools: readonly ListedTool[]): string {
  return `{"tools":[${tools.map(({ json }) => json).join(',')}]}`;
}
