import { adjudicate } from '../../../domain/agent-session/adjudicate.ts';
import type { TokenUsage } from '../../../domain/agent-session/agent-event.ts';
import { explainFailure } from '../../../domain/agent-session/explain-failure.ts';
import type { SessionEvidence } from '../../../domain/agent-session/session-outcome.ts';
import type { RunningSession, SessionEvent, SettledSession } from '../../../domain/agent-session/session-record.ts';
import { skillResultOf } from '../../../domain/agent-session/skill-result.ts';
import {
  emptyDigest,
  foldAgentEvent,
  type StreamDigest,
  usageOf,
} from '../../../domain/agent-session/stream-digest.ts';
import type { TraceDigest } from '../../../domain/agent-session/trace-digest.ts';

/** A session whose server died. */
export interface DeadSession {
  /** What is known of it. */
  readonly record: RunningSession;
  /** Whether its own record is missing or damaged: then nothing says what it had to do. */
  readonly isRecordDamaged: boolean;
  /** In order, to be read once. */
  readonly events: AsyncIterable<SessionEvent>;
  readonly trace: TraceDigest | null;
}

/** What these tokens cost, as `Prices`. */
export type PriceTokens = (usageByModel: Readonly<Record<string, TokenUsage>>) => Promise<number | null>;

/** Decides from its files what came of a session whose server died. Without its record nothing can prove a success: then it has crashed. */
export async function settleDead(session: DeadSession, price: PriceTokens): Promise<SettledSession> {
  const { record, isRecordDamaged, trace } = session;
  const { digest, span } = await read(session);
  const sessionId = digest.sessionId ?? record.session_id;
  const evidence: SessionEvidence = {
    ending: 'hostDied',
    spent: null,
    channel: digest.result === null ? 'unmonitored' : 'channel_a',
    exit: null,
    killReason: 'not_applicable',
    digest: {
      ...digest,
      sessionId: sessionId || null,
      ...(isRecordDamaged && { result: null, texts: [] }),
    },
    stderrTail: '',
    marker: record.marker,
    contract: record.contract,
    cwd: record.cwd,
    retriesBefore: 0,
    wasNudged: span.wasNudged,
  };
  const outcome = adjudicate(evidence);
  const stderrTail = outcome.kind === 'succeeded' ? '' : causeOf(session);
  return {
    outcome,
    skillResult: skillResultOf(outcome, { ...evidence, digest, stderrTail, sessionId, orderId: record.order_id }),
    ending: 'hostDied',
    stopReason: null,
    channel: evidence.channel,
    killReason: 'not_applicable',
    pid: record.pid,
    agentLogFile: null,
    model: digest.model ?? record.model,
    startedAtMs: span.startedAtMs,
    endedAtMs: span.endedAtMs,
    runningMs: span.endedAtMs - span.startedAtMs - span.pausedMs,
    pausedMs: span.pausedMs,
    turns: digest.turns,
    toolCalls: digest.toolCalls,
    writtenPaths: digest.writtenPaths,
    costUsd: digest.result?.costUsd ?? (await costOf(session.record, digest, price)),
    remarks: outcome.kind === 'succeeded' ? [] : [stderrTail, ...explainFailure(outcome, { ...evidence, digest })],
    isCloneContaminationReverted: false,
    survivors: [],
    trace,
  };
}

/** Of an agent that has run and has not said what it used, the cost is unknown. */
const costOf = async ({ state }: RunningSession, digest: StreamDigest, price: PriceTokens): Promise<number | null> =>
  usageOf(digest) === null && state !== 'preparing' ? null : price(digest.usageByModel);

function causeOf({ record, isRecordDamaged }: DeadSession): string {
  const damage = isRecordDamaged ? ', and its record is damaged' : '';
  return `The server ${record.server_id} died while the session was ${record.state}${damage}; the next server recorded it.`;
}

/** When a session began and was last seen, and how long it was paused. */
interface Span {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly pausedMs: number;
  readonly isPaused: boolean;
  readonly wasNudged: boolean;
}

async function read({ record, isRecordDamaged, events }: DeadSession) {
  const startedAtMs = Date.parse(record.started_at);
  let digest = emptyDigest;
  let span: Span | null = null;
  const start: Span = { startedAtMs, endedAtMs: startedAtMs, pausedMs: 0, isPaused: false, wasNudged: false };
  for await (const event of events) {
    const atMs = Date.parse(event.at);
    // The time that stands for a damaged record is that of its end.
    span ??= isRecordDamaged ? { ...start, startedAtMs: atMs, endedAtMs: atMs } : start;
    span = withEvent(span, event, atMs);
    if (event.type !== 'state' && event.type !== 'leftOut') digest = foldAgentEvent(digest, event);
  }
  return { digest, span: span ?? start };
}

function withEvent(span: Span, event: SessionEvent, atMs: number): Span {
  // A clock may go back.
  const endedAtMs = Math.max(span.endedAtMs, atMs);
  const pausedMs = span.pausedMs + (span.isPaused ? endedAtMs - span.endedAtMs : 0);
  const isPaused = event.type === 'state' ? event.state === 'paused' : span.isPaused;
  const wasNudged = span.wasNudged || (event.type === 'state' && event.state === 'nudging');
  return { ...span, endedAtMs, pausedMs, isPaused, wasNudged };
}
