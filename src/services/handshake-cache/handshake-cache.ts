import { lstatSync, unlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { isJsonObject } from '../../domain/json-object.ts';
import { handshakeRule, isOfKind } from '../../domain/retention.ts';
import type { UpstreamHandshake, UpstreamList } from '../../domain/upstream-handshake.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { namesIn } from '../platform/unless-missing.ts';
import { type HandshakeFile, handshakePath, readHandshakeFile } from './read-handshake.ts';

/** A cached handshake, as people see it. */
export interface CacheEntry {
  readonly key: string;
  readonly path: string;
  /** Without secrets. */
  readonly command: string;
  /** Where it ran. */
  readonly folder: string;
  /** The client that got it last, as it says; foreign text. */
  readonly client: string;
  /** As the client asked for it. */
  readonly protocolVersion: string;
  /** As the server says; foreign text. Empty where it says nothing. */
  readonly serverName: string;
  readonly serverVersion: string;
  /** How many items each list has; 0 also where the server has no such list. */
  readonly counts: Readonly<Record<UpstreamList, number>>;
  readonly sizeBytes: number;
  readonly savedAtMs: number;
}

/** A file that cannot be used or removed. `why` is a sentence that names the file. */
export interface CacheObstacle {
  readonly path: string;
  readonly why: string;
}

/**
 * The cached handshakes in a folder. A file is ours by its name, `<16 hex digits>.json`; every other file is left alone. Blocking: reads or
 * removes each file once. A folder that does not exist is empty.
 * @throws AppError `unavailable` where the folder cannot be listed
 */
export interface HandshakeCache {
  /** Newest first. */
  list(): { readonly entries: readonly CacheEntry[]; readonly unreadable: readonly CacheObstacle[] };
  /** null where the key has no handshake that can be used. Never throws. */
  read(key: string): { readonly entry: CacheEntry; readonly handshake: UpstreamHandshake } | null;
  /**
   * Removes the handshakes with these keys, or all; also those that cannot be used. A key without a file is in neither list. Twice is safe.
   */
  clear(keys?: readonly string[]): {
    readonly removed: readonly { readonly key: string; readonly path: string; readonly sizeBytes: number }[];
    readonly bytes: number;
    readonly failed: readonly CacheObstacle[];
  };
}

/** @param ownUid null where the system has no user numbers */
export function createHandshakeCache({
  dir,
  ownUid,
}: {
  readonly dir: string;
  readonly ownUid: number | null;
}): HandshakeCache {
  const keys = () =>
    namesIn(dir)
      .filter(isHandshakeName)
      .map((name) => basename(name, '.json'));

  return {
    list() {
      const entries: CacheEntry[] = [];
      const unreadable: CacheObstacle[] = [];
      for (const key of keys()) {
        const path = handshakePath(dir, key);
        const read = readHandshakeFile(path, ownUid);
        if (read === null) continue;
        if ('why' in read) unreadable.push({ path, why: read.why });
        else entries.push(entryOf(key, path, read));
      }
      return { entries: entries.sort((a, b) => b.savedAtMs - a.savedAtMs), unreadable };
    },
    read(key) {
      const path = handshakePath(dir, key);
      if (!isHandshakeName(`${key}.json`)) return null;
      const read = readHandshakeFile(path, ownUid);
      if (read === null || 'why' in read) return null;
      return { entry: entryOf(key, path, read), handshake: read.file.handshake };
    },
    clear(wanted) {
      const removed: { key: string; path: string; sizeBytes: number }[] = [];
      const failed: CacheObstacle[] = [];
      for (const key of keys().filter((key) => wanted?.includes(key) ?? true)) {
        const path = handshakePath(dir, key);
        try {
          const sizeBytes = lstatSync(path).size;
          unlinkSync(path);
          removed.push({ key, path, sizeBytes });
        } catch (thrown) {
          const errno = errorCodeOf(thrown);
          if (errno !== 'ENOENT') failed.push({ path, why: `${path} cannot be removed (${errno}).` });
        }
      }
      return { removed, bytes: removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0), failed };
    },
  };
}

function entryOf(
  key: string,
  path: string,
  { file, sizeBytes }: { readonly file: HandshakeFile; readonly sizeBytes: number },
): CacheEntry {
  const { command, client, identity, protocolVersion, savedAtMs, handshake } = file;
  const { serverInfo } = handshake.initialize;
  const server = isJsonObject(serverInfo) ? serverInfo : {};
  const countOf = (name: UpstreamList) => handshake.lists[name]?.length ?? 0;
  return {
    key,
    path,
    command,
    folder: identity.find((text) => text.startsWith(folderPrefix))?.slice(folderPrefix.length) ?? '',
    client,
    protocolVersion,
    serverName: textOf(server.name),
    serverVersion: textOf(server.version),
    counts: {
      tools: countOf('tools'),
      prompts: countOf('prompts'),
      resources: countOf('resources'),
      resourceTemplates: countOf('resourceTemplates'),
    },
    sizeBytes,
    savedAtMs,
  };
}

/** As `commandIdentity` writes it. */
const folderPrefix = 'folder:';

const isHandshakeName = (name: string): boolean => isOfKind(handshakeRule, 'handshakes', name);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
