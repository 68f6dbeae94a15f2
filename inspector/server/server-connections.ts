import { setMaxListeners } from 'node:events';
import { toFault } from '../../src/domain/app-error.ts';
import { parseJsonObject } from '../../src/domain/json-object.ts';
import type { ServerLine, WatchStatus } from '../model/page-line.ts';
import type { InspectorDeps, RunningServer } from './inspector-deps.ts';
import { createLatest } from './latest.ts';
import { createServerMemory } from './server-memory.ts';
import { watchRenewed } from './watch-renewed.ts';

/**
 * One connection to each running server. A server records while it is watched, so the recording continues while a page is reloaded. What a server has
 * sent is remembered for an hour after it has left.
 */
export interface ServerConnections {
  /** Yields the status of each server, and again when it changes; a slow reader gets the newest only. Ends when the signal aborts. */
  follow(signal: AbortSignal): AsyncGenerator<ServerLine>;
  /** What is remembered of a server that has left, in pieces of whole lines. */
  textsOf(serverId: string): Iterable<string>;
  close(): void;
}

/** A server creates its socket after its first calls, so a younger one is not reported as unreachable. */
const startUpLimitMs = 10_000;
/** A server sends its hello as soon as it accepts a connection. */
const helloLimitMs = 2_000;
const rememberedForMs = 3_600_000;
/** In sum. */
const mostRememberedBytes = 128 * 1_048_576;
/** A server keeps less than 8 MiB. */
const renewAfterBytes = 32 * 1_048_576;

interface ServerConnection {
  readonly server: RunningServer;
  /** null: nothing is known yet. */
  line: ServerLine | null;
  /** null: not connected. */
  connectedAtMs: number | null;
  /** When the last connection ended; null: there was none. */
  leftAtMs: number | null;
}

export function connectToServers({
  followServers,
  watch,
  nowMs,
}: Pick<InspectorDeps, 'followServers' | 'watch' | 'nowMs'>): ServerConnections {
  const connections = new Map<string, ServerConnection>();
  const followers = new Set<ReturnType<typeof createLatest<ServerLine>>>();
  const memory = createServerMemory(mostRememberedBytes);
  const closing = new AbortController();
  // The number of servers is not limited.
  setMaxListeners(0, closing.signal);

  const publish = (connection: ServerConnection, status: WatchStatus, why: string | null) => {
    if (connection.line?.status === status && connection.line.why === why) return;
    connection.line = { type: 'inspector.server', ...connection.server, status, why };
    for (const follower of followers) follower.put(connection.line.serverId, connection.line);
  };

  const connect = async (connection: ServerConnection) => {
    const { serverId } = connection.server;
    connection.connectedAtMs = nowMs();
    let last = '';
    let problem = 'It closed the connection at once: it has as many watchers as it serves.';
    try {
      const connectTo = () => watch(serverId, closing.signal);
      for await (const { text, isFirst } of watchRenewed(connectTo, renewAfterBytes)) {
        publish(connection, 'running', null);
        if (isFirst) memory.begin(serverId);
        memory.add(serverId, text);
        last = text;
      }
    } catch (thrown) {
      problem = describeWatchProblem(thrown);
    }
    connection.connectedAtMs = null;
    connection.leftAtMs = nowMs();
    memory.leave(serverId);
    if (closing.signal.aborted) return;
    const reason = endReasonIn(last);
    if (reason !== null) publish(connection, 'ended', reason);
    else if (last !== '') publish(connection, 'disappeared', null);
    else if (nowMs() - connection.server.startedAtMs > startUpLimitMs) publish(connection, 'unreachable', problem);
  };

  const update = (running: readonly RunningServer[]) => {
    for (const server of running) {
      const connection = connections.get(server.serverId) ?? {
        server,
        line: null,
        connectedAtMs: null,
        leftAtMs: null,
      };
      connections.set(server.serverId, connection);
      const { line, connectedAtMs } = connection;
      if (connectedAtMs === null && line?.status !== 'ended') void connect(connection);
      const isSilent = connectedAtMs !== null && line?.status !== 'running' && nowMs() - connectedAtMs > helloLimitMs;
      if (isSilent)
        publish(connection, 'unreachable', 'It accepted the connection but sends nothing: it may be stuck.');
    }
    const ids = new Set(running.map(({ serverId }) => serverId));
    for (const [serverId, connection] of connections) {
      if (ids.has(serverId) || connection.connectedAtMs !== null) continue;
      if (connection.line?.status === 'unreachable') publish(connection, 'disappeared', null);
      if (memory.has(serverId) && nowMs() - (connection.leftAtMs ?? 0) < rememberedForMs) continue;
      memory.forget(serverId);
      connections.delete(serverId);
    }
  };
  const unfollow = followServers(update);

  return {
    async *follow(signal) {
      const follower = createLatest<ServerLine>(signal);
      const lines = [...connections.values()].flatMap(({ line }) => line ?? []);
      // A page shows the first one: a server that runs, if there is one.
      for (const line of lines.sort((a, b) => Number(hasLeft(a)) - Number(hasLeft(b))))
        follower.put(line.serverId, line);
      followers.add(follower);
      try {
        yield* follower.take();
      } finally {
        followers.delete(follower);
      }
    },
    textsOf: memory.textsOf,
    close() {
      unfollow();
      closing.abort();
    },
  };
}

export const hasLeft = ({ status }: ServerLine): boolean => status === 'ended' || status === 'disappeared';

/** The sentence of the page for a server that cannot be watched. */
export const describeWatchProblem = (thrown: unknown): string => `It cannot be watched: ${toFault(thrown).message}.`;

/** The reason of a server's end, if that is the last line of the text; null: it is not. */
function endReasonIn(text: string): string | null {
  const line = text.slice(text.lastIndexOf('\n', text.length - 2) + 1);
  if (!line.startsWith('{"type":"maitred.bye"')) return null;
  const why = parseJsonObject(line)?.why;
  return typeof why === 'string' ? why : null;
}
