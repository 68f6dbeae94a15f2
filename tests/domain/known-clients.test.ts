import { describe, expect, it } from 'vitest';
import { findKnownClients, knownClients } from '../../src/domain/known-clients.ts';

describe('Known clients', () => {
  it.each([
    ['claude-code', 'claude-code'],
    ['claude', 'claude-code'],
    ['codex', 'codex-mcp-client'],
    ['codex-mcp-client', 'codex-mcp-client'],
    ['gemini', 'gemini-cli-mcp-client'],
    ['opencode', 'opencode'],
    ['vscode', 'Visual Studio Code'],
    ['visual studio code', 'Visual Studio Code'],
    ['VSCode', 'Visual Studio Code'],
  ])('%s is the client that calls itself %s', (name, clientName) => {
    expect(new Set(findKnownClients(name).map((client) => client.name))).toEqual(new Set([clientName]));
  });

  it.each(['', 'a-client', 'codexx'])('%j is no known client', (name) => {
    expect(findKnownClients(name)).toEqual([]);
  });

  it('no name belongs to two of them', () => {
    const clients = new Map(knownClients.map(({ name, shortNames }) => [name, [name, ...shortNames]]));
    const names = [...clients.values()].flat();
    expect(names).toEqual([...new Set(names)]);
  });
});
