import { lstatSync } from 'node:fs';
import { isJsonObject, type JsonObject, parseJsonObject } from '../../domain/json-object.ts';
import { isNestedDeeper, mostLevels } from '../../domain/nesting.ts';
import { type UpstreamHandshake, type UpstreamList, upstreamLists } from '../../domain/upstream-handshake.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { flawOf, readOwnFile } from '../platform/read-regular-file.ts';

/** Version of the files' format. A file of another version is not used. */
export const handshakeFormatVersion = 1;

export const mostHandshakeMib = 32;
export const mostHandshakeBytes = mostHandshakeMib * 1024 * 1024;

/** A file of the cache: one JSON object. */
export interface HandshakeFile {
  readonly formatVersion: typeof handshakeFormatVersion;
  /** 16 hex digits; the file is `<key>.json`. */
  readonly key: string;
  /** What the key was made from, apart from the client. It contains arguments and values of variables as hashes only. */
  readonly identity: readonly string[];
  /** As the client asked for it. */
  readonly protocolVersion: string;
  readonly savedAtMs: number;
  /** For people; without secrets. */
  readonly command: string;
  /** The name of the client that got it last, as it says; foreign text, for people. */
  readonly client: string;
  readonly handshake: UpstreamHandshake;
}

/** `why`: what is wrong with the file, as a sentence for the log. */
type Unusable = { readonly why: string };

export const handshakePath = (dir: string, key: string): string => `${dir}/${key}.json`;

/**
 * Reads the cached handshake of a command. Blocking: reads one file. Never throws.
 * @param dir `StateFolder.handshakesDir`
 * @param key from `cacheKey`
 * @param identity from `commandIdentity`
 * @param ownUid null or undefined where the system has no user numbers
 * @returns null where none is cached; `why` where the file is not to be used: corrupt, too large, of another format or another command, or
 * not of this user alone
 */
export function readHandshake(
  dir: string,
  key: string,
  identity: readonly string[],
  ownUid: number | null | undefined,
): { readonly handshake: UpstreamHandshake } | Unusable | null {
  const path = handshakePath(dir, key);
  const read = readHandshakeFile(path, ownUid);
  if (read === null || 'why' in read) return read;
  const isSame = read.file.key === key && read.file.identity.join('\n') === identity.join('\n');
  return isSame ? { handshake: read.file.handshake } : { why: `${path} belongs to another command.` };
}

/** Reads a file of the cache and checks its shape. Never throws. @returns null where nothing has the name */
export function readHandshakeFile(
  path: string,
  ownUid: number | null | undefined,
): { readonly file: HandshakeFile; readonly sizeBytes: number } | Unusable | null {
  try {
    const bytes = readOwnFile(path, ownUid, mostHandshakeBytes);
    if (bytes === null) return { why: `${path} ${whyRefused(path, ownUid)}.` };
    const file = parseJsonObject(bytes.toString());
    const flaw = file === null ? 'is not a JSON object' : flawOfFile(file);
    // The shape was checked member by member.
    return flaw === null
      ? { file: file as unknown as HandshakeFile, sizeBytes: bytes.length }
      : { why: `${path} ${flaw}.` };
  } catch (thrown) {
    const errno = errorCodeOf(thrown);
    if (errno === 'ENOENT') return null;
    return { why: `${path} ${errno === 'ELOOP' ? 'is a link' : `cannot be read (${errno})`}.` };
  }
}

function whyRefused(path: string, ownUid: number | null | undefined): string {
  const stats = lstatSync(path);
  return (stats.isFile() ? flawOf(stats, ownUid, mostHandshakeBytes) : null) ?? 'is not a regular file';
}

/** @returns why a start could not use the file, to be put behind its subject; null where it can */
export function flawOfFile(file: JsonObject): string | null {
  const { formatVersion, key, identity, protocolVersion, savedAtMs, command, client, handshake } = file;
  if (formatVersion !== handshakeFormatVersion) return `does not have format version ${handshakeFormatVersion}`;
  if (![key, protocolVersion, command, client].every(isText)) return 'has no key, protocol version, command or client';
  if (!Array.isArray(identity) || !identity.every(isText)) return 'has no identity';
  if (!Number.isFinite(savedAtMs)) return 'has no time';
  if (isNestedDeeper(handshake, mostLevels + 3)) return 'is nested too deeply';
  return isJsonObject(handshake) ? flawOfHandshake(handshake) : 'has no handshake';
}

/** What a client is answered from must have the shape that the protocol requires. */
function flawOfHandshake({ initialize, lists }: JsonObject): string | null {
  if (!isJsonObject(initialize)) return 'has no result of initialize';
  const { protocolVersion, serverInfo, capabilities, instructions } = initialize;
  // Servers that write every member write null where they have nothing.
  const isWhole =
    isText(protocolVersion) &&
    isJsonObject(capabilities) &&
    isText(instructions ?? '') &&
    isJsonObject(serverInfo ?? {});
  if (!isWhole) return 'has a malformed result of initialize';
  return isJsonObject(lists) && Object.entries(lists).every(isList) ? null : 'has malformed lists';
}

function isList([name, items]: readonly [string, unknown]): boolean {
  if (!upstreamLists.includes(name as UpstreamList) || !Array.isArray(items)) return false;
  return items.every((item) => isJsonObject(item) && (name !== 'tools' || isText(item.name)));
}

const isText = (value: unknown): value is string => typeof value === 'string';
