import { encodeJson } from '../../domain/encode-json.ts';
import { parseJsonObject } from '../../domain/json-object.ts';
import { stateFolderAt } from '../../domain/state-folder.ts';
import { writeFileAtomically } from '../platform/files.ts';
import { readSmallFile } from '../platform/read-regular-file.ts';
import { skillTexts } from './skill-texts.ts';

export interface PluginRequest {
  /** Absolute, as are the other paths: a client's PATH differs from that of a terminal. */
  readonly nodeFile: string;
  /** `maitred.js`. */
  readonly programFile: string;
  readonly stateDir: string;
  readonly version: string;
  /** The text of hooks/hooks.json. */
  readonly hooksText: string;
}

export interface PluginFile {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
}

const name = 'maitred';
const author = { name: 'the maitred authors' };
const description = 'The MCP server that answers at once, with the skills that open and close its kitchen.';
const manifestPath = '.claude-plugin/plugin.json';

/**
 * The files of the plugin for Claude Code. Its folder is also the marketplace from which it is installed, and the client reads it there each
 * time it starts. Every file is in its default place, so the manifest names no paths.
 */
export function planPlugin(request: PluginRequest): readonly PluginFile[] {
  const { nodeFile, programFile, stateDir, version, hooksText } = request;
  const { pluginDir } = stateFolderAt(stateDir);
  const file = (path: string, text: string): PluginFile => ({ path: `${pluginDir}/${path}`, text });
  const server = { command: nodeFile, args: [programFile, 'serve'] };
  const marketplace = { name, description, owner: author, plugins: [{ name, source: './', description }] };
  return [
    file(manifestPath, json({ name, version, description, author })),
    file('.claude-plugin/marketplace.json', json(marketplace)),
    // The server and the plugin must share one state folder, whatever the client's environment says.
    file('.mcp.json', json({ mcpServers: { [name]: { ...server, env: { MAITRED_STATE_DIR: stateDir } } } })),
    file('hooks/hooks.json', hooksText),
    ...Object.entries(skillTexts).map(([skill, text]) => file(`skills/${skill}/SKILL.md`, text)),
  ];
}

const json = (value: object) => `${encodeJson(value, 2)}\n`;

const largestFileBytes = 1_048_576;

/**
 * Writes each file that is missing or differs, atomically, with mode 0600. Twice is safe, also at the same time.
 * @returns the files that were written
 * @throws AppError `unavailable`, naming the file that cannot be written; those before it are written
 */
export async function writePlugin(files: readonly PluginFile[]): Promise<readonly PluginFile[]> {
  const stale = files.filter(({ path, text }) => readSmallFile(path, largestFileBytes) !== text);
  for (const { path, text } of stale) await writeFileAtomically(path, text);
  return stale;
}

const largestManifestBytes = 65_536;
const longestVersion = 100;

/** The version of maitred that wrote the plugin; null if there is no plugin or its manifest cannot be read. Never throws. */
export function readPluginVersion(pluginDir: string): string | null {
  const manifest = parseJsonObject(readSmallFile(`${pluginDir}/${manifestPath}`, largestManifestBytes) ?? '');
  const version = manifest?.version;
  return typeof version === 'string' && version.length <= longestVersion ? version : null;
}
