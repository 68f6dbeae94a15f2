import { isJsonObject, type JsonObject } from '../domain/json-object.ts';
import type { UpstreamHandshake } from '../domain/upstream-handshake.ts';
import type { WrapFlags } from '../domain/wrap-flags.ts';
import { cacheKey, commandIdentity } from '../services/handshake-cache/command-identity.ts';
import { readHandshake } from '../services/handshake-cache/read-handshake.ts';
import type { ServerContext } from './server-context.ts';

/** What the cached answers of a command depend on, at one moment. */
export interface HandshakeKey {
  /** 16 hex digits. */
  readonly key: string;
  readonly identity: readonly string[];
  readonly protocolVersion: string;
}

type Client = Readonly<Record<'protocolVersion' | 'capabilities', unknown>>;

/** @param client the params of its initialize */
export function handshakeKeyOf(
  { place, nodeProcess }: Pick<ServerContext, 'place' | 'nodeProcess'>,
  flags: Pick<WrapFlags, 'file' | 'args' | 'keyEnv'>,
  client: Client,
): HandshakeKey {
  const { workingDir: cwd, homeDir } = place;
  const identity = commandIdentity({ ...flags, cwd, homeDir, env: nodeProcess.env }, flags.keyEnv);
  const protocolVersion = String(client.protocolVersion);
  const capabilities: JsonObject = isJsonObject(client.capabilities) ? client.capabilities : {};
  return { identity, protocolVersion, key: cacheKey(identity, { protocolVersion, capabilities }) };
}

/** What the command answered a client like this one when it ran last; null where that is not known. Blocking and brief. */
export function readCachedHandshake(context: ServerContext, { key, identity }: HandshakeKey): UpstreamHandshake | null {
  const { place, nodeProcess, log } = context;
  const cached = readHandshake(place.stateFolder.handshakesDir, key, identity, nodeProcess.getuid?.());
  if (cached === null) return null;
  if ('handshake' in cached) return cached.handshake;
  log.warning('cached_handshake_ignored', { why: cached.why });
  return null;
}
