import type { JsonObject } from './json-object.ts';

/** What a client sends in `initialize`, apart from its version: enough to shake hands with a server in its place. Its releases may differ in that: then it has a row for each. */
export interface KnownClient {
  /** Its `clientInfo.name`. */
  readonly name: string;
  /** What people call it. */
  readonly shortNames: readonly string[];
  /** Where releases of a client differ: one that sends this. */
  readonly release?: string;
  readonly protocolVersion: string;
  readonly capabilities: JsonObject;
}

/**
 * Measured on 2026-11-30 with a server that recorded its input, except VS Code. Headless and interactive sessions send the same.
 * `npm run test:clients` compares the rows of Claude Code, Codex, Gemini CLI and opencode with what those send: measure again before changing one.
 */
export const knownClients: readonly KnownClient[] = [
  {
    name: 'claude-code',
    release: '2.1.332',
    shortNames: ['claude'],
    protocolVersion: '2025-11-25',
    capabilities: { roots: { listChanged: true }, elicitation: { form: {}, url: {} } },
  },
  {
    // The last for Node 20.
    name: 'claude-code',
    release: '2.1.197',
    shortNames: ['claude'],
    protocolVersion: '2025-11-25',
    capabilities: { roots: {}, elicitation: {} },
  },
  {
    // 0.171.0
    name: 'codex-mcp-client',
    shortNames: ['codex'],
    protocolVersion: '2025-06-18',
    capabilities: { experimental: { 'codex/auth-change': {} }, elicitation: { form: {}, url: {} } },
  },
  {
    // 0.61.0. `gemini mcp list` calls itself mcp-test-client and declares no capability.
    name: 'gemini-cli-mcp-client',
    shortNames: ['gemini', 'gemini-cli'],
    protocolVersion: '2025-06-18',
    capabilities: { roots: { listChanged: true } },
  },
  {
    // 1.18.33
    name: 'opencode',
    shortNames: [],
    protocolVersion: '2025-11-25',
    capabilities: { roots: {} },
  },
  {
    // 2.12.0, with `--cli`
    name: 'inspector-cli',
    shortNames: ['inspector'],
    protocolVersion: '2025-11-25',
    capabilities: {},
  },
  {
    // Read, not measured: its source, and a recording of version 1.138.0 of 2026-10-05 that somebody else published.
    name: 'Visual Studio Code',
    shortNames: ['vscode', 'code'],
    protocolVersion: '2025-11-25',
    capabilities: {
      roots: { listChanged: true },
      sampling: {},
      elicitation: { form: {}, url: {} },
      tasks: {
        list: {},
        cancel: {},
        requests: { sampling: { createMessage: {} }, elicitation: { create: {} } },
      },
      extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } },
    },
  },
];

/** The rows of a client, the newest release first. @param name its `clientInfo.name` or a short name, in capitals or not */
export function findKnownClients(name: string): readonly KnownClient[] {
  const wanted = name.toLowerCase();
  return knownClients.filter((client) => namesOf(client).some((known) => known.toLowerCase() === wanted));
}

const namesOf = ({ name, shortNames }: KnownClient): readonly string[] => [name, ...shortNames];
