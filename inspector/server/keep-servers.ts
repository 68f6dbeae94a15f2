import { toFault } from '../../src/domain/app-error.ts';
import type { ServerLine, ServerStatus } from '../model/window-line.ts';
import { createLatest } from './latest.ts';
import type { RunningServer, WindowDeps } from './window-deps.ts';

/** The servers that there are, each with a connection that reads what it says and throws it away: so its recording outlives a page. */
export interface KeptServers {
  /** How each is, and again whenever that changes; of several changes that were not taken the last. Ends with the signal. */
  follow(signal: AbortSignal): AsyncGenerator<ServerLine>;
  close(): void;
}

/** A server makes its socket after its first calls: until then it is not said that it cannot be watched. */
const patienceMs = 10_000;

interface Kept {
  readonly server: RunningServer;
  /** null: there is nothing to say yet. */
  line: ServerLine | null;
  isConnected: boolean;
  /** What was in the way last. */
  problem: string;
}

export function keepServers({ followServers, watch }: Pick<WindowDeps, 'followServers' | 'watch'>): KeptServers {
  const kept = new Map<string, Kept>();
  const followers = new Set<ReturnType<typeof createLatest<ServerLine>>>();
  const closing = new AbortController();

  const say = (one: Kept, status: ServerStatus, why: string | null) => {
    if (one.line?.status === status && one.line.why === why) return;
    one.line = { type: 'window.server', ...one.server, status, why };
    for (const follower of followers) follower.put(one.line.serverId, one.line);
  };

  const connect = async (one: Kept) => {
    one.isConnected = true;
    let last = '';
    try {
      for await (const text of watch(one.server.serverId, closing.signal)) {
        say(one, 'running', null);
        last = text;
      }
      one.problem = 'It has ended the connection at once: it has as many watchers as it serves.';
    } catch (problem) {
      one.problem = toFault(problem).message;
    }
    one.isConnected = false;
    if (closing.signal.aborted || one.line?.status !== 'running') return;
    const farewell = farewellIn(last);
    if (farewell === null) say(one, 'gone', 'The server is gone without a farewell.');
    else say(one, 'left', farewell);
  };

  const look = (running: readonly RunningServer[]) => {
    for (const server of running) {
      const one = kept.get(server.serverId) ?? { server, line: null, isConnected: false, problem: silent };
      kept.set(server.serverId, one);
      if (!one.isConnected && one.line?.status !== 'left') void connect(one);
      const isLate = Date.now() - server.startedAtMs > patienceMs;
      if (isLate && one.line?.status !== 'running' && one.line?.status !== 'left') say(one, 'unreachable', one.problem);
    }
    const ids = new Set(running.map(({ serverId }) => serverId));
    for (const [serverId, one] of kept) {
      if (ids.has(serverId) || one.isConnected) continue;
      if (one.line?.status === 'unreachable') say(one, 'gone', 'The server is gone.');
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

const silent = 'It takes the connection and says nothing: it may be stuck.';

/** Why a server has left, in its words, if that is the last thing it said; null: it is not. */
function farewellIn(text: string): string | null {
  const line = text.slice(text.lastIndexOf('\n', text.length - 2) + 1);
  return line.startsWith('{"type":"maitred.bye"') ? (JSON.parse(line) as { why: string }).why : null;
}
