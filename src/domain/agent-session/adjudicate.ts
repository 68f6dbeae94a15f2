import { withoutMarker } from './completion-marker.ts';
import { exampleLine, findMissing, findPath, matches } from './contract-outputs.ts';
import { isContaminated, type SessionFolders, writePathWarnings } from './path-guards.ts';
import { recoverReport } from './recover-report.ts';
import type { RetryReason, SessionEnding, SessionEvidence, SessionOutcome } from './session-outcome.ts';
import {
  flawOf,
  hasContent,
  isContextFull,
  isSuccessReport,
  isUnread,
  type ReportFlaw,
  readReport,
  type SessionReport,
} from './session-report.ts';
import { joinedTexts } from './stream-digest.ts';

/**
 * Decides the outcome of a session. A session succeeds only on evidence: a result without an error, with content, with its marker and with all output
 * lines of its contract; or its own log shows that it ended. Where there is such evidence, it does not matter what ended the process: a time limit,
 * a budget, a kill or a cancellation that comes after the completion changes nothing. Other runners fail every session that timed out.
 *
 * After a nudge, give it the digest of all processes, and the ending, the channel and the exit of the process before the nudge.
 */
export function adjudicate(evidence: SessionEvidence): SessionOutcome {
  const { digest, contract, cwd, marker } = evidence;
  const report = recoverReport(readReport(evidence), evidence);
  const worktree = findPath(report.text, 'worktree_path') ?? findPath(joinedTexts(digest), 'worktree_path');
  const findings: Findings = {
    evidence,
    report,
    folders: { cwd, worktree: contract.makesWorktree ? worktree : null },
    flaw: flawOf(report, evidence),
    isContextFull: isContextFull(report, evidence),
  };
  const { kind, subtype, retryReason, isError } = gates.reduce(
    (decision, gate) => gate(decision, findings),
    decide(findings),
  );
  const text = textOf(findings);
  return {
    kind,
    subtype,
    // A limit overrules a success that is not complete.
    cliSubtype: report.cliSubtype === 'success' && isLimit(subtype) ? subtype : report.cliSubtype,
    retryReason,
    isError,
    result: marker === null ? text : withoutMarker(text, marker),
    worktreePath: worktree,
    writePathWarnings: writePathWarnings(digest, findings.folders),
    missingOutputs: findMissing(contract, report.text).map(exampleLine),
  };
}

interface Findings {
  readonly evidence: SessionEvidence;
  readonly report: SessionReport;
  readonly folders: SessionFolders;
  readonly flaw: ReportFlaw | null;
  readonly isContextFull: boolean;
}

type Decision = Pick<SessionOutcome, 'kind' | 'subtype' | 'retryReason' | 'isError'>;

const succeeded = (subtype: string): Decision => ({ kind: 'succeeded', subtype, retryReason: 'none', isError: false });
const failed = (subtype: string, isError: boolean): Decision => ({
  kind: 'failed',
  subtype,
  retryReason: 'none',
  isError,
});
const retriable = (retryReason: RetryReason, subtype: string, isError: boolean): Decision => ({
  kind: 'retriable',
  subtype,
  retryReason,
  isError,
});

function decide(findings: Findings): Decision {
  const { evidence, report } = findings;
  const { ending, digest, spent } = evidence;
  switch (ending) {
    case 'notStarted':
      return failed('not_started', true);
    case 'lostTools':
      return failed('lost_tools', true);
  }
  if (isComplete(findings) || isCompleteByLog(findings)) return succeeded(recoveredFrom[ending] ?? 'success');
  switch (ending) {
    case 'cancelled':
      return failed('cancelled', true);
    case 'budget':
      return failed(spent === null ? 'budget' : `budget_${spent}`, true);
    case 'hostDied':
      return digest.sessionId === null ? failed('crashed', true) : retriable('resume', 'crashed', true);
  }
  if (wantsResume(findings)) return retriable('resume', subtypeOf(findings), report.isError);
  switch (ending) {
    case 'idle':
      return retriable('stale', 'idle_stall', true);
    case 'stale':
      return retriable('stale', 'stale', false);
    case 'timedOut':
      return failed(isUnread(report) || report.cliSubtype === 'success' ? 'timeout' : report.cliSubtype, true);
    case 'completed':
    case 'exited':
      return decideWithoutLimit(findings);
  }
}

const recoveredFrom: Readonly<Partial<Record<SessionEnding, string>>> = {
  stale: 'recovered_from_stale',
  hostDied: 'recovered_from_crash',
};

/** A complete report. The exit code matters only where no marker shows that the session ended as asked, and where it ended by itself. */
function isComplete({ evidence: { ending, exit, marker }, flaw, isContextFull }: Findings): boolean {
  const isExitBad = ending === 'exited' && marker === null && (exit?.code ?? 0) !== 0;
  return flaw === null && !isExitBad && !isContextFull;
}

/**
 * The log of the session has its marker, so stdout need not: output lines prove the rest. Where none are promised, any text does, unless the session
 * reported an error before it exited by itself; an error that a killed process reports is the kill.
 */
function isCompleteByLog(findings: Findings): boolean {
  const { evidence, report } = findings;
  const { channel, contract, digest, ending } = evidence;
  if (channel !== 'channel_b' || wantsResume(findings) || findMissing(contract, report.text).length > 0) return false;
  if (report.text.trim() === '' && joinedTexts(digest).trim() === '') return false;
  if (isSuccessReport(report)) return true;
  return !contract.outputs.some(({ isRequired }) => isRequired) && (ending !== 'exited' || isUnread(report));
}

/** The API ended it; it can go on where it stopped. */
const wantsResume = ({ report, isContextFull }: Findings): boolean =>
  isContextFull || report.cliSubtype === 'error_max_turns';

/** The process exited by itself, or it was ended after a report of completion; and the report is not complete. */
function decideWithoutLimit(findings: Findings): Decision {
  const { evidence, report, flaw } = findings;
  const { ending, channel, exit } = evidence;
  const subtype = subtypeOf(findings);
  const isNothing = flaw === 'empty' || isUnread(report) || report.cliSubtype === 'interrupted';
  if (ending === 'completed' && channel !== 'channel_b' && isNothing)
    return retriable('resume', subtype, report.isError);
  const isConfirmed = channel === 'channel_a' || channel === 'channel_b';
  if (isConfirmed && (flaw === 'empty' || flaw === 'unmarked' || isUnread(report)))
    return retriable('drain_race', subtype, report.isError);
  if (ending === 'exited' && !isConfirmed && exit?.code === 0) {
    if (isNothing) return retriable('empty_output', subtype, report.isError);
    if (flaw === 'unmarked') return retriable('early_stop', subtype, report.isError);
  }
  return failed(subtype, report.isError);
}

/** The agent's own subtype if it reported no success; otherwise what its report lacks. */
function subtypeOf({ evidence, report, flaw, isContextFull }: Findings): string {
  if (report.cliSubtype !== 'success') return report.cliSubtype;
  if (!hasContent(report.text, evidence.marker)) return 'empty_result';
  if (isContextFull) return 'context_exhausted';
  return flaw === 'unmarked' ? 'missing_completion_marker' : 'adjudicated_failure';
}

const isContractFailure = ({ subtype }: Decision, flaw: ReportFlaw | null): boolean =>
  subtype === 'adjudicated_failure' && flaw === 'outputsMissing';

type Gate = (decision: Decision, findings: Findings) => Decision;

/** An output outside the working directory is a mistake of the session: another run may put it right. */
const holdContaminated: Gate = (decision, { evidence: { contract }, report, folders, flaw }) =>
  (decision.kind === 'succeeded' || isContractFailure(decision, flaw)) && isContaminated(contract, report.text, folders)
    ? retriable('path_contamination', 'path_contamination', false)
    : decision;

/** Work was done, and only the lines that name it are missing: a nudge asks for them. */
const recoverContract: Gate = (decision, { evidence: { digest }, flaw }) =>
  isContractFailure(decision, flaw) && digest.writes > 0
    ? retriable('contract_recovery', decision.subtype, decision.isError)
    : decision;

/** A skill that writes, and has written nothing, has not done its work. */
const holdWithoutWrites: Gate = (decision, { evidence: { digest, contract }, report }) =>
  decision.kind === 'succeeded' &&
  digest.writes === 0 &&
  (contract.writes === 'always' ||
    (contract.writes === 'conditional' && contract.writesWhen.every((pattern) => matches(report.text, pattern))))
    ? retriable('zero_writes', 'zero_writes', false)
    : decision;

/** How often the same command may end retriable in a row. */
const mostRetries = 3;

/** A command that was retried too often has failed. @param retriesBefore how often it has ended retriable in a row before */
export const limitRetries = <Decided extends Pick<SessionOutcome, 'kind' | 'retryReason'>>(
  decision: Decided,
  retriesBefore: number,
): Decided =>
  decision.kind === 'retriable' && retriesBefore >= mostRetries
    ? { ...decision, kind: 'failed', retryReason: 'budget_exhausted' }
    : decision;

const gates: readonly Gate[] = [
  holdContaminated,
  recoverContract,
  holdWithoutWrites,
  (decision, { evidence }) => limitRetries(decision, evidence.retriesBefore),
];

const isLimit = (subtype: string): boolean => subtype === 'timeout' || subtype === 'idle_stall';

/** The text of the result, with the marker. Where the agent's own words do not say how to go on, a sentence before them does. */
function textOf(findings: Findings): string {
  const { evidence, report, isContextFull } = findings;
  const text = report.text.trim() === '' ? joinedTexts(evidence.digest) : report.text;
  if (isContextFull) return `The context of the model is full. Continue with a smaller task in a new session.\n${text}`;
  if (report.cliSubtype === 'error_max_turns')
    return `The session used all its turns. Continue with a smaller task in a new session.\n${text}`;
  return text;
}
