import { encodeJson } from '../domain/encode-json.ts';
import { showCommand } from '../domain/show-command.ts';

/** A server as a client shall know and start it. */
export interface ServerEntry {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** How a client is given a server. */
export interface ClientEntry {
  /** For programs, such as `claude-code`: the same as `--client` of `maitred wrap` takes. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** The client's own program: where `PATH` has it, the client is installed. */
  readonly program: string;
  /** null: the client has no command that does. */
  readonly addCommand: string | null;
  readonly removeCommand: string | null;
  /** The file that lists its servers, and the text that adds this one. */
  readonly file: string;
  readonly fileEntry: string;
}

/** The entries of a server, one a client. The lines are those of the clients in docs/clients.md. */
export function clientEntriesOf({ name, command, args }: ServerEntry): readonly ClientEntry[] {
  const words = [command, ...args];
  const server = { command, args };
  const byName = (value: object) => ({ [name]: value });
  return [
    {
      id: 'claude-code',
      name: 'Claude Code',
      program: 'claude',
      addCommand: showCommand(['claude', 'mcp', 'add', name, '--', ...words]),
      removeCommand: showCommand(['claude', 'mcp', 'remove', name]),
      file: '.mcp.json',
      fileEntry: encodeJson({ mcpServers: byName(server) }),
    },
    {
      id: 'codex',
      name: 'Codex',
      program: 'codex',
      addCommand: showCommand(['codex', 'mcp', 'add', name, '--', ...words]),
      removeCommand: showCommand(['codex', 'mcp', 'remove', name]),
      file: '~/.codex/config.toml',
      // A JSON string is a TOML string too.
      fileEntry: `[mcp_servers.${name}]\ncommand = ${encodeJson(command)}\nargs = ${encodeJson(args)}`,
    },
    {
      id: 'gemini',
      name: 'Gemini CLI',
      program: 'gemini',
      // It drops the first `--`, wherever that stands: one more keeps that of the server.
      addCommand: showCommand(['gemini', 'mcp', 'add', name, command, ...(args.includes('--') ? ['--'] : []), ...args]),
      removeCommand: showCommand(['gemini', 'mcp', 'remove', name]),
      file: '~/.gemini/settings.json',
      fileEntry: encodeJson({ mcpServers: byName(server) }),
    },
    {
      id: 'opencode',
      name: 'opencode',
      program: 'opencode',
      addCommand: showCommand(['opencode', 'mcp', 'add', name, '--', ...words]),
      removeCommand: null,
      file: 'opencode.json',
      fileEntry: encodeJson({ mcp: byName({ type: 'local', command: words }) }),
    },
    {
      id: 'vscode',
      name: 'VS Code',
      program: 'code',
      // `code --add-mcp` writes the user's file, whose servers start in the home and not in the project.
      addCommand: null,
      removeCommand: null,
      file: '.vscode/mcp.json',
      fileEntry: encodeJson({ servers: byName({ type: 'stdio', ...server }) }),
    },
  ];
}
