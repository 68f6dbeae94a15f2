import { setMaxListeners } from 'node:events';
import type { ServerLine, ServerStatus } from '../model/page-line.ts';
import type { InspectorDeps, RunningServer } from './inspector-deps.ts';
import { createLatest } from './latest.ts';
import { sayProblem } from './say-problem.ts';

/** The servers that there are, each with a connection that reads what it says and throws it away: so its recording outlives a page. */
export interface KeptServers {
  /** How each is, and again whenever that changes; of several changes that were not taken the last. Ends with the signal. */
  follow(signal: AbortSignal): AsyncGenerator<ServerLine>;
  close(): void;
}

/** A server makes its socket after its first calls: while it is so young it is not said that it cannot be watched. */
const youthMs = 10_000;
/** One that takes the connection says hello at once. */
const helloLimitMs = 2_000;

interface Kept {
  readonly server: RunningServer;
  /** null: there is nothing to say yet. */
  line: ServerLine | null;
  /** null: it is not connected. */
  connectedAtMs: number | null;
}

export function keepServers({
  followServers,
  watch,
  nowMs,
}: Pick<InspectorDeps, 'followServers' | 'watch' | 'nowMs'>): KeptServers {
  const kept = new Map<string, Kept>();
  const followers = new Set<ReturnType<typeof createLatest<ServerLine>>>();
  const closing = new AbortController();
  // There may be any number of servers.
  setMaxListeners(0, closing.signal);

  const say = (one: Kept, status: ServerStatus, why: string | null) => {
    if (one.line?.status === status && one.line.why === why) return;
    one.line = { type: 'inspector.server', ...one.server, status, why };
    for (const follower of followers) follower.put(one.line.serverId, one.line);
  };

  const connect = async (one: Kept) => {
    one.connectedAtMs = nowMs();
    let last = '';
    let problem = 'It has ended the connection at once: it has as many watchers as it serves.';
    try {
      for await (const text of watch(one.server.serverId, closing.signal)) {
        say(one, 'running', null);
        last = text;
      }
    } catch (thrown) {
      problem = sayProblem(thrown);
    }
    one.connectedAtMs = null;
    if (closing.signal.aborted) return;
    const policy = policyIn(last);
    if (policy !== null) say(one, 'left', policy);
    else if (last !== '') say(one, 'gone', null);
    else if (nowMs() - one.server.startedAtMs > youthMs) say(one, 'unreachable', problem);
  };

  const look = (running: readonly RunningServer[]) => {
    for (const server of running) {
      const one = kept.get(server.serverId) ?? { server, line: null, connectedAtMs: null };
      kept.set(server.serverId, one);
      const { line, connectedAtMs } = one;
      if (connectedAtMs === null && line?.status !== 'left') void connect(one);
      const isSilent = connectedAtMs !== null && line?.status !== 'running' && nowMs() - connectedAtMs > helloLimitMs;
      if (isSilent) say(one, 'unreachable', 'It takes the connection and says nothing: it may be stuck.');
    }
    const ids = new Set(running.map(({ serverId }) => serverId));
    for (const [serverId, one] of kept) {
      if (ids.has(serverId) || one.connectedAtMs !== null) continue;
      if (one.line?.status === 'unreachable') say(one, 'gone', null);
      kept.delete(serverId);
    }
  };
  const unfollow = followServers(look);

  return {
    async *follow(signal) {
      const follower = createLatest<ServerLine>(signal);
      for (const { line } of kept.values()) if (line !== null) follower.put(line.serverId, line);
      followers.add(follower);
      try {
        yield* follower.take();
      } finally {
        followers.delete(follower);
      }
    },
    close() {
      unfollow();
      closing.abort();
    },
  };
}

/** Why a server has left, in its words, if that is the last thing it said; null: it is not. */
function policyIn(text: string): string | null {
  const line = text.slice(text.lastIndexOf('\n', text.length - 2) + 1);
  if (!line.startsWith('{"type":"maitred.bye"')) return null;
  try {
    const { why } = JSON.parse(line) as { readonly why?: unknown };
    return typeof why === 'string' ? why : null;
  } catch {
    // Whatever says this is no server of ours.
    return null;
  }
}
