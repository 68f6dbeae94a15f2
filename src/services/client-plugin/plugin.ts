import { unlink } from 'node:fs/promises';
import { encodeJson } from '../../domain/encode-json.ts';
import { parseJsonObject } from '../../domain/json-object.ts';
import { stateFolderAt } from '../../domain/state-folder.ts';
import { cannotWrite } from '../platform/cannot-write.ts';
import { entryKindAt } from '../platform/entry-kind.ts';
import { writeFileAtomically } from '../platform/files.ts';
import { readSmallFile } from '../platform/read-regular-file.ts';
import { unlessMissing } from '../platform/unless-missing.ts';
import { skillTexts } from './skill-texts.ts';

export interface PluginRequest {
  /** Absolute, as are the other paths: a client's PATH differs from that of a terminal. */
  readonly nodeFile: string;
  /** `maitred.js`. */
  readonly programFile: string;
  readonly stateDir: string;
  readonly version: string;
  /** The text of hooks/hooks.json; null for a plugin without hooks. */
  readonly hooksText: string | null;
}

export interface PluginFile {
  /** Absolute. */
  readonly path: string;
  /** null: the plugin must not have the file. */
  readonly text: string | null;
}

const name = 'maitred';
const author = { name: 'the maitred authors' };
const description = 'The MCP server that answers at once, with the skills that open and close its kitchen.';
const manifestPath = '.claude-plugin/plugin.json';
const hooksPath = 'hooks/hooks.json';

/**
 * The files of the plugin for Claude Code. Its folder is also the marketplace from which it is installed, and the client reads it there each
 * time it starts. Every file is in its default place, so the manifest names no paths. It comes last: a plugin with a manifest is complete, and
 * one that then has no hooks was written without them.
 */
export function planPlugin(request: PluginRequest): readonly PluginFile[] {
  const { nodeFile, programFile, stateDir, version, hooksText } = request;
  const { pluginDir } = stateFolderAt(stateDir);
  const file = (path: string, text: string | null): PluginFile => ({ path: `${pluginDir}/${path}`, text });
  const server = { command: nodeFile, args: [programFile, 'serve'] };
  const marketplace = { name, description, owner: author, plugins: [{ name, source: './', description }] };
  return [
    file('.claude-plugin/marketplace.json', json(marketplace)),
    // The server and the plugin must share one state folder, whatever the client's environment says.
    file('.mcp.json', json({ mcpServers: { [name]: { ...server, env: { MAITRED_STATE_DIR: stateDir } } } })),
    file(hooksPath, hooksText),
    ...Object.entries(skillTexts).map(([skill, text]) => file(`skills/${skill}/SKILL.md`, text)),
    file(manifestPath, json({ name, version, description, author })),
  ];
}

const json = (value: object) => `${encodeJson(value, 2)}\n`;

const largestFileBytes = 1_048_576;

/**
 * Writes each file that is missing or differs, atomically, with mode 0600, and removes those that must not be there. Twice is safe, also at the
 * same time.
 * @returns the files that were written or removed
 * @throws AppError `unavailable`, naming the file that cannot be written; those before it are written
 */
export async function writePlugin(files: readonly PluginFile[]): Promise<readonly PluginFile[]> {
  const stale = files.filter(({ path, text }) => (text === null ? isTaken(path) : textAt(path) !== text));
  for (const { path, text } of stale) {
    if (text === null) await removeFile(path);
    else await writeFileAtomically(path, text);
  }
  return stale;
}

async function removeFile(path: string): Promise<void> {
  try {
    await unlessMissing(unlink(path));
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}

const isTaken = (path: string) => entryKindAt(path) !== null;

const textAt = (path: string) => readSmallFile(path, largestFileBytes);

/**
 * Whether the plugin that an earlier `maitred init` wrote has hooks; null if there is no plugin.
 * @throws AppError `unavailable` if that cannot be seen
 */
export function hasPluginHooks(pluginDir: string): boolean | null {
  return isTaken(`${pluginDir}/${manifestPath}`) ? isTaken(`${pluginDir}/${hooksPath}`) : null;
}

const largestManifestBytes = 65_536;
const longestVersion = 100;

/** The version of maitred that wrote the plugin; null if there is no plugin or its manifest cannot be read. Never throws. */
export function readPluginVersion(pluginDir: string): string | null {
  const manifest = parseJsonObject(readSmallFile(`${pluginDir}/${manifestPath}`, largestManifestBytes) ?? '');
  const version = manifest?.version;
  return typeof version === 'string' && version.length <= longestVersion ? version : null;
}
