import { describe, expect, it } from 'vitest';
import { clientEntriesOf } from '../../src/cli/client-entries.ts';
import { knownClients } from '../../src/domain/known-clients.ts';
import { splitCommand } from '../../src/domain/split-command.ts';

const maitred = { command: 'maitred', args: ['serve'] };
const wrapped = { command: 'maitred', args: ['wrap', '--', 'npx', '-y', 'some-server'] };

type Server = typeof maitred;

const commandsFor = (server: Server) =>
  clientEntriesOf({ name: 'shop', ...server }).map(({ addCommand }) => addCommand);

const entryFor = (client: string, server: Server = maitred) =>
  clientEntriesOf({ name: 'shop', ...server }).find(({ id }) => id === client)?.fileEntry ?? '';

describe('the command that adds a server to a client', () => {
  it('names the server and how it is started; VS Code has none that starts it in the project', () => {
    expect(commandsFor(maitred)).toEqual([
      'claude mcp add shop -- maitred serve',
      'codex mcp add shop -- maitred serve',
      'gemini mcp add shop maitred serve',
      'opencode mcp add shop -- maitred serve',
      null,
    ]);
  });

  it('has one more -- for Gemini CLI, which drops the first, before that of a wrapped server', () => {
    expect(commandsFor(wrapped)).toEqual([
      'claude mcp add shop -- maitred wrap -- npx -y some-server',
      'codex mcp add shop -- maitred wrap -- npx -y some-server',
      'gemini mcp add shop maitred -- wrap -- npx -y some-server',
      'opencode mcp add shop -- maitred wrap -- npx -y some-server',
      null,
    ]);
  });

  it('is quoted for a shell', () => {
    const spaced = { command: '/opt/my node', args: ["/it's/maitred.js", 'serve'] };
    const [claude = null] = commandsFor(spaced);
    expect(splitCommand(claude ?? '')).toEqual(['claude', 'mcp', 'add', 'shop', '--', spaced.command, ...spaced.args]);
  });
});

describe('the entry in the file of a client', () => {
  it.each<[string, object]>([
    ['claude-code', { mcpServers: { shop: wrapped } }],
    ['gemini', { mcpServers: { shop: wrapped } }],
    ['opencode', { mcp: { shop: { type: 'local', command: [wrapped.command, ...wrapped.args] } } }],
    ['vscode', { servers: { shop: { type: 'stdio', ...wrapped } } }],
  ])('is JSON in the form of %s', (client, entry) => {
    expect(JSON.parse(entryFor(client, wrapped))).toEqual(entry);
  });

  it('is TOML for Codex', () => {
    expect(entryFor('codex')).toBe('[mcp_servers.shop]\ncommand = "maitred"\nargs = ["serve"]');
  });
});

it('Each client has an id that `maitred wrap --client` takes', () => {
  const names = knownClients.flatMap(({ name, shortNames }) => [name, ...shortNames]);
  for (const { id } of clientEntriesOf({ name: 'shop', ...maitred })) expect(names).toContain(id);
});
