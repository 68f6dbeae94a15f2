import { asciiJson, encodeJson } from '../domain/encode-json.ts';
import type { CallsMessage, SeenCall } from '../domain/inspection.ts';
import { startTimer } from '../domain/timers.ts';
import type { ReadableCopyDeps } from '../services/inspection/copy-readably.ts';
import { createTextCopier } from '../services/inspection/copy-text.ts';
import type { ClientConnections } from './client-connections.ts';

export interface FollowCallsOptions extends Pick<ReadableCopyDeps, 'redact' | 'secrets'> {
  readonly connections: Pick<ClientConnections, 'calls' | 'subscribe'>;
  record(make: (id: number) => string): void;
}

/** Reports which tool calls a server has. */
export interface FollowedCalls {
  /** For a watcher that has not seen them come. */
  asOfNow(): string;
  /** Sends the last report, and none from then on. */
  stop(): void;
}

/** How many are named in one message. */
const mostCalls = 50;
const longestName = 200;
const leastPauseMs = 100;

/** Records the calls now, if there are any, and whenever they have changed: at most ten times a second, and never within the turn. */
export function followCalls({ connections, redact, secrets, record }: FollowCallsOptions): FollowedCalls {
  const texts = createTextCopier(redact, secrets);
  let sent = encodeJson(none);
  let sentAtMs = 0;
  let timer: NodeJS.Timeout | null = null;

  const name = (text: string) => texts.truncate(text, longestName).value;
  const read = (): SeenCalls => {
    const calls: SeenCall[] = [];
    let waiting = 0;
    let inFlight = 0;
    for (const { tool, sinceMs, waitsFor } of connections.calls()) {
      if (waitsFor === null) inFlight += 1;
      else waiting += 1;
      if (calls.length < mostCalls)
        calls.push({ tool: name(tool), sinceMs, waitsFor: waitsFor === null ? null : waitsFor.map(name) });
    }
    return { calls, inFlight, waiting };
  };
  const send = () => {
    timer = null;
    const seen = read();
    const text = encodeJson(seen);
    if (text === sent) return;
    sent = text;
    sentAtMs = performance.now();
    record((id) => callsLine(String(id), seen));
  };

  const unsubscribe = connections.subscribe(() => {
    timer ??= startTimer(send, sentAtMs + leastPauseMs - performance.now());
  });
  send();
  return {
    asOfNow: () => callsLine(null, read()),
    stop() {
      unsubscribe();
      if (timer !== null) clearTimeout(timer);
      send();
    },
  };
}

type SeenCalls = Pick<CallsMessage, 'calls' | 'inFlight' | 'waiting'>;

const none: SeenCalls = { calls: [], inFlight: 0, waiting: 0 };

const callsLine = (id: string | null, seen: SeenCalls) =>
  asciiJson({ type: 'maitred.calls', createdAt: String(Date.now()), id, ...seen } satisfies CallsMessage);
