/** How each client starts a wrapped server: `maitred wrap --` comes before the command of the entry that exists. */
export const clientEntries = `
Clients: put \`maitred wrap --\` before the command of an existing entry, here \`npx -y some-server\`.

  Claude Code, after \`claude mcp remove NAME\`:
    $ claude mcp add NAME -- maitred wrap -- npx -y some-server
  or in .mcp.json:
    { "mcpServers": { "NAME": { "command": "maitred", "args": ["wrap", "--", "npx", "-y", "some-server"] } } }

  Codex, in ~/.codex/config.toml:
    [mcp_servers.NAME]
    command = "maitred"
    args = ["wrap", "--", "npx", "-y", "some-server"]

  Gemini CLI, in ~/.gemini/settings.json:
    { "mcpServers": { "NAME": { "command": "maitred", "args": ["wrap", "--", "npx", "-y", "some-server"] } } }

  opencode, in opencode.json:
    { "mcp": { "NAME": { "type": "local", "command": ["maitred", "wrap", "--", "npx", "-y", "some-server"] } } }

  VS Code, in .vscode/mcp.json:
    { "servers": { "NAME": { "type": "stdio", "command": "maitred", "args": ["wrap", "--", "npx", "-y", "some-server"] } } }
`;
