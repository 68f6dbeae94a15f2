import { basename } from 'node:path';
import { isJsonObject, parseJsonObject } from '../../domain/json-object.ts';
import { readSmallFile } from '../../services/platform/read-regular-file.ts';

const largestFileBytes = 1_048_576;

/** The names of the servers in a project's `.mcp.json` that are maitred itself. Never throws. */
export function maitredEntriesIn(projectDir: string): readonly string[] {
  const servers = parseJsonObject(readSmallFile(`${projectDir}/.mcp.json`, largestFileBytes) ?? '')?.mcpServers;
  if (!isJsonObject(servers)) return [];
  return Object.keys(servers).filter((name) => startsMaitred(servers[name]));
}

/** Also by `npx` or by Node; what comes after `wrap` is somebody else's server. */
function startsMaitred(server: unknown): boolean {
  if (!isJsonObject(server)) return false;
  const words = [server.command, ...(Array.isArray(server.args) ? server.args : [])].map(String);
  const at = words.findIndex((word) => /^maitred(\.js|@.*)?$/.test(basename(word)));
  return at !== -1 && [undefined, 'serve'].includes(words[at + 1]);
}
