import type { CallsMessage, SeenCall } from '../domain/inspection.ts';
import type { Admission } from '../front/admission.ts';
import { asciiJson } from '../services/inspection/ascii-json.ts';
import type { ReadableCopyDeps } from '../services/inspection/copy-readably.ts';
import { createTextCopier } from '../services/inspection/copy-text.ts';

/** What is asked of the front. */
export type SeenAdmission = Pick<Admission, 'calls' | 'onCalls'>;

export interface FollowCallsOptions extends Pick<ReadableCopyDeps, 'redact' | 'secrets'> {
  readonly admission: SeenAdmission;
  record(make: (id: number) => string): void;
}

/** Says which tool calls a server has. */
export interface FollowedCalls {
  /** For somebody who has not seen them come. */
  asOfNow(): string;
  /** Says the last of it, and no more from then on. */
  stop(): void;
}

/** Of those that are named in one message. */
const mostCalls = 50;
const longestName = 200;
const leastPauseMs = 100;

/** Records them now, if there are any, and whenever they have changed: not within the turn, and not more often than ten times a second. */
export function followCalls({ admission, redact, secrets, record }: FollowCallsOptions): FollowedCalls {
  const texts = createTextCopier(redact, secrets);
  let said = JSON.stringify(none);
  let saidAtMs = 0;
  let timer: NodeJS.Timeout | null = null;

  const name = (text: string) => texts.truncate(text, longestName).value;
  const look = (): SeenCalls => {
    const calls: SeenCall[] = [];
    let waiting = 0;
    let inFlight = 0;
    for (const { tool, sinceMs, waitsFor } of admission.calls()) {
      if (waitsFor === null) inFlight += 1;
      else waiting += 1;
      if (calls.length < mostCalls)
        calls.push({ tool: name(tool), sinceMs, waitsFor: waitsFor === null ? null : waitsFor.map(name) });
    }
    return { calls, inFlight, waiting };
  };
  const say = () => {
    timer = null;
    const seen = look();
    const text = JSON.stringify(seen);
    if (text === said) return;
    said = text;
    saidAtMs = performance.now();
    record((id) => callsLine(String(id), seen));
  };

  admission.onCalls = () => {
    timer ??= setTimeout(say, saidAtMs + leastPauseMs - performance.now()).unref();
  };
  say();
  return {
    asOfNow: () => callsLine(null, look()),
    stop() {
      admission.onCalls = null;
      if (timer !== null) clearTimeout(timer);
      say();
    },
  };
}

type SeenCalls = Pick<CallsMessage, 'calls' | 'inFlight' | 'waiting'>;

const none: SeenCalls = { calls: [], inFlight: 0, waiting: 0 };

const callsLine = (id: string | null, seen: SeenCalls) =>
  asciiJson({ type: 'maitred.calls', createdAt: String(Date.now()), id, ...seen } satisfies CallsMessage);
