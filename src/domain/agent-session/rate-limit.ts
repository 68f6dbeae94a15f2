import { adjudicate } from './adjudicate.ts';
import type { SessionEvidence } from './session-outcome.ts';
import { isContextFull, readReport } from './session-report.ts';

/** After the named reset, in case the clocks differ. */
const marginMs = 5_000;
const leastPauseMs = 30_000;
const mostPauseMs = 600_000;

/** Too many requests, and an overloaded API. */
const pausingStatuses: readonly (number | null)[] = [429, 529];
const statusInText = /\bAPI Error\b.{0,60}\b(?:429|529)\b/i;

/**
 * Whether a session ended because the API accepts no requests for now, and until when it pauses; null: it does not. Only a session that reports an error
 * or nothing, that no limit ended, and that can be resumed by its id.
 * @param attempt how many pauses came before; without a named reset each is twice as long, from 30 s to 10 min
 */
export function pauseOf(
  evidence: SessionEvidence,
  attempt: number,
  nowMs: number,
): { readonly untilMs: number } | null {
  const { ending, digest } = evidence;
  const report = readReport(evidence);
  if ((ending !== 'exited' && ending !== 'completed') || digest.sessionId === null || !report.isError) return null;
  if (report.cliSubtype === 'error_max_turns' || isContextFull(report, evidence)) return null;
  const isRejected = digest.rateLimit?.status === 'rejected';
  const isNamed = [report.text, ...(digest.result?.errors ?? [])].some((one) => statusInText.test(one));
  if (!isRejected && !isNamed && !pausingStatuses.includes(digest.apiStatus)) return null;
  if (adjudicate(evidence).kind === 'succeeded') return null;
  const resetsAtMs = isRejected ? (digest.rateLimit?.resetsAtMs ?? null) : null;
  if (resetsAtMs !== null && resetsAtMs > nowMs) return { untilMs: resetsAtMs + marginMs };
  return { untilMs: nowMs + Math.min(mostPauseMs, leastPauseMs * 2 ** attempt) };
}
