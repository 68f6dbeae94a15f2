import type { AgentResult } from './agent-event.ts';
import { isMarked, withoutMarker } from './completion-marker.ts';
import { findMissing } from './contract-outputs.ts';
import type { SessionEvidence } from './session-outcome.ts';
import { joinedTexts } from './stream-digest.ts';

/** What a session said of its own end. */
export interface SessionReport {
  readonly cliSubtype: string;
  readonly isError: boolean;
  /** With the marker. */
  readonly text: string;
}

/** What is wrong with a report. `noSuccess`: it reports an error, or there is none. `unmarked`: its marker is missing. */
export type ReportFlaw = 'noSuccess' | 'empty' | 'unmarked' | 'outputsMissing';

const knownSubtypes = new Set([
  'success',
  'error_max_turns',
  'error_during_execution',
  'context_exhaustion',
  'interrupted',
]);

export function readReport(evidence: SessionEvidence): SessionReport {
  const { digest } = evidence;
  const result = lastResult(evidence);
  if (result)
    return {
      cliSubtype: knownSubtypes.has(result.subtype) ? result.subtype : 'unknown',
      isError: result.isError,
      text: result.text,
    };
  if (digest.records + digest.unreadableLines === 0) return { cliSubtype: 'empty_output', isError: true, text: '' };
  const cliSubtype = digest.isContextExhausted ? 'context_exhaustion' : 'unparseable';
  return { cliSubtype, isError: true, text: joinedTexts(digest) };
}

/** Whether the session reports an end without an error. */
export const isSuccessReport = ({ cliSubtype, isError }: SessionReport): boolean =>
  cliSubtype === 'success' && !isError;

/** Whether the text has more than the marker. */
export const hasContent = (text: string, marker: string | null): boolean =>
  (marker === null ? text.trim() : withoutMarker(text, marker)) !== '';

/** The first thing that is wrong with a report; null: it is a complete success. */
export function flawOf(
  report: SessionReport,
  { marker, contract }: Pick<SessionEvidence, 'marker' | 'contract'>,
): ReportFlaw | null {
  if (!isSuccessReport(report)) return 'noSuccess';
  if (!hasContent(report.text, marker)) return 'empty';
  if (marker !== null && !isMarked(report.text, marker)) return 'unmarked';
  return findMissing(contract, report.text).length > 0 ? 'outputsMissing' : null;
}

/** Whether a session cannot go on because the context of the model is full. */
export function isContextFull({ cliSubtype, isError, text }: SessionReport, evidence: SessionEvidence): boolean {
  const { digest, marker } = evidence;
  // An agent may make room in its context and go on; that it ended as asked is the proof.
  if (digest.isContextExhausted) return marker === null || flawOf({ cliSubtype, isError, text }, evidence) !== null;
  const says = (words: string) => words.toLowerCase().includes('prompt is too long');
  const isInText = (cliSubtype === 'success' || cliSubtype === 'error_max_turns') && says(text);
  return isError && (isInText || (lastResult(evidence)?.errors ?? []).some(says));
}

/** Whether a process that ran has reported no end. */
export const isUnread = ({ cliSubtype }: SessionReport): boolean =>
  cliSubtype === 'unparseable' || cliSubtype === 'empty_output';

/**
 * A nudge adds to the result before it; one that fails changes nothing. An error of an earlier process is no report of the one that went on; a success
 * stays one, whatever the agent begins after it.
 */
function lastResult({ digest: { result, previousResult }, wasNudged }: SessionEvidence): AgentResult | null {
  if (result === null || previousResult === null) return result;
  if (result === previousResult) return isSuccess(result) ? result : null;
  if (!wasNudged) return result;
  return isSuccess(result) ? { ...previousResult, text: `${previousResult.text}\n${result.text}` } : previousResult;
}

const isSuccess = ({ subtype, isError }: AgentResult): boolean => subtype === 'success' && !isError;
