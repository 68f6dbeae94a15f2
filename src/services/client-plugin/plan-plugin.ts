import { stateFolderAt } from '../../domain/state-folder.ts';
import { skillTexts } from './skill-texts.ts';

export interface PluginRequest {
  /** Absolute, as are the other paths: a client's PATH is not that of a terminal. */
  readonly nodeFile: string;
  /** `maitred.js`. */
  readonly programFile: string;
  readonly stateDir: string;
  readonly version: string;
  /** The whole of hooks/hooks.json. */
  readonly hooksText: string;
}

export interface PluginFile {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
}

const name = 'maitred';
const author = { name: 'the maitred authors' };
const description = 'The MCP server that is there at once, with the skills that open and close its kitchen.';

/**
 * The files of the plugin for Claude Code. Its folder is also the marketplace that it is installed from, and the client reads it
 * there each time it starts. Everything lies in the default places, so the manifest names no path.
 */
export function planPlugin({
  nodeFile,
  programFile,
  stateDir,
  version,
  hooksText,
}: PluginRequest): readonly PluginFile[] {
  const { pluginDir } = stateFolderAt(stateDir);
  const file = (path: string, text: string): PluginFile => ({ path: `${pluginDir}/${path}`, text });
  const server = { command: nodeFile, args: [programFile, 'serve'] };
  return [
    file('.claude-plugin/plugin.json', json({ name, version, description, author })),
    file(
      '.claude-plugin/marketplace.json',
      json({ name, description, owner: author, plugins: [{ name, source: './', description }] }),
    ),
    // The server and the plugin share one state folder, whatever the client's environment says.
    file('.mcp.json', json({ mcpServers: { [name]: { ...server, env: { MAITRED_STATE_DIR: stateDir } } } })),
    file('hooks/hooks.json', hooksText),
    ...Object.entries(skillTexts).map(([skill, text]) => file(`skills/${skill}/SKILL.md`, text)),
  ];
}

const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
