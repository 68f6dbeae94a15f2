import { rmSync, statSync } from 'node:fs';
import { isJsonObject, type JsonObject, parseJsonObject } from '../../domain/json-object.ts';
import type { UpstreamHandshake, UpstreamList } from '../../domain/upstream-handshake.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { readOwnFile } from '../platform/read-regular-file.ts';
import { namesIn } from '../platform/unless-missing.ts';

export interface CacheEntry {
  /** 16 hex digits: the name of its file. */
  readonly key: string;
  readonly path: string;
  /** For people; secrets are redacted. */
  readonly command: string;
  readonly protocolVersion: string;
  readonly serverName: string;
  readonly serverVersion: string;
  readonly counts: Readonly<Record<UpstreamList, number>>;
  readonly sizeBytes: number;
  readonly savedAtMs: number;
}

/** The handshakes of wrapped servers that were seen, one file each. */
export interface HandshakeCache {
  /** Newest first, and the files that are not handshakes of this version and user. */
  list(): {
    readonly entries: readonly CacheEntry[];
    readonly unreadable: readonly { readonly path: string; readonly why: string }[];
  };
  /** null for a key that is not cached, or whose file is unreadable. */
  read(key: string): { readonly entry: CacheEntry; readonly handshake: UpstreamHandshake } | null;
  /** Removes the entries of these keys; without keys, all. What is gone already is not an error. */
  clear(keys?: readonly string[]): {
    readonly removed: readonly CacheEntry[];
    readonly bytes: number;
    readonly failed: readonly { readonly path: string; readonly why: string }[];
  };
}

const fileName = /^([0-9a-f]{16})\.json$/;

const asText = (value: unknown) => (typeof value === 'string' ? value : '');
const asObject = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});

function listsIn(value: unknown): UpstreamHandshake['lists'] {
  const lists = Object.entries(asObject(value)).filter(
    ([, items]) => Array.isArray(items) && items.every(isJsonObject),
  );
  return Object.fromEntries(lists) as UpstreamHandshake['lists'];
}

export function createHandshakeCache({ dir, ownUid }: { dir: string; ownUid: number | null }): HandshakeCache {
  function read(key: string) {
    const path = `${dir}/${key}.json`;
    const saved = parseJsonObject(readOwnFile(path, ownUid)?.toString() ?? '');
    if (saved === null || !isJsonObject(saved.initialize)) return null;
    const handshake: UpstreamHandshake = { initialize: saved.initialize, lists: listsIn(saved.lists) };
    const server = asObject(handshake.initialize.serverInfo);
    const count = (list: UpstreamList) => handshake.lists[list]?.length ?? 0;
    const { size, mtimeMs } = statSync(path);
    const entry: CacheEntry = {
      key,
      path,
      command: asText(saved.command),
      protocolVersion: asText(handshake.initialize.protocolVersion),
      serverName: asText(server.name),
      serverVersion: asText(server.version),
      counts: {
        tools: count('tools'),
        prompts: count('prompts'),
        resources: count('resources'),
        resourceTemplates: count('resourceTemplates'),
      },
      sizeBytes: size,
      savedAtMs: mtimeMs,
    };
    return { entry, handshake };
  }

  function list() {
    const entries: CacheEntry[] = [];
    const unreadable: { path: string; why: string }[] = [];
    for (const name of namesIn(dir)) {
      const [, key] = fileName.exec(name) ?? [];
      if (key === undefined) continue;
      const entry = read(key)?.entry;
      if (entry !== undefined) entries.push(entry);
      else unreadable.push({ path: `${dir}/${name}`, why: 'it is not a cached handshake' });
    }
    return { entries: entries.sort((one, other) => other.savedAtMs - one.savedAtMs), unreadable };
  }

  return {
    list,
    read: (key) => {
      try {
        return read(key);
      } catch {
        return null;
      }
    },
    clear: (keys) => {
      const removed: CacheEntry[] = [];
      const failed: { path: string; why: string }[] = [];
      for (const entry of list().entries) {
        if (keys?.includes(entry.key) === false) continue;
        try {
          rmSync(entry.path, { force: true });
          removed.push(entry);
        } catch (thrown) {
          failed.push({ path: entry.path, why: errorCodeOf(thrown) });
        }
      }
      return { removed, bytes: removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0), failed };
    },
  };
}
