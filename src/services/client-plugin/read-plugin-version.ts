import { readSmallFile } from '../platform/read-regular-file.ts';

const maxBytes = 65_536;
const maxLength = 100;

/** The version that the plugin in this folder was made by; null where there is no plugin, or none that can be read. Never throws. */
export function readPluginVersion(pluginDir: string): string | null {
  try {
    const manifest: unknown = JSON.parse(readSmallFile(`${pluginDir}/.claude-plugin/plugin.json`, maxBytes) ?? 'null');
    if (typeof manifest !== 'object' || manifest === null || !('version' in manifest)) return null;
    const { version } = manifest;
    return typeof version === 'string' && version.length <= maxLength ? version : null;
  } catch {
    return null;
  }
}
