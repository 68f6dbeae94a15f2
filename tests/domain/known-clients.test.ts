import { describe, expect, it } from 'vitest';
import { findKnownClient, knownClients } from '../../src/domain/known-clients.ts';

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
    expect(findKnownClient(name)?.name).toBe(clientName);
  });

  it.each(['', 'a-client', 'codexx'])('%j is no known client', (name) => {
    expect(findKnownClient(name)).toBeNull();
  });

  it('no name belongs to two of them', () => {
    const names = knownClients.flatMap(({ name, shortNames }) => [name, ...shortNames]);
    expect(names).toEqual([...new Set(names)]);
  });
});
