import type { SessionEvidence, SessionOutcome } from './session-outcome.ts';

/** How many of the errors that an agent reported are shown. */
const mostErrors = 5;

/** Why a session has not succeeded, as sentences: what its agent reported, a signal that maitred did not send, and what it lacks. */
export function explainFailure(
  { kind, subtype, missingOutputs }: Pick<SessionOutcome, 'kind' | 'subtype' | 'missingOutputs'>,
  {
    ending,
    digest,
    exit,
    killReason,
    contract,
  }: Pick<SessionEvidence, 'ending' | 'digest' | 'exit' | 'killReason' | 'contract'>,
): readonly string[] {
  if (kind === 'succeeded') return [];
  const signal = killReason === 'natural_exit' ? (exit?.signal ?? null) : null;
  const lost = ending === 'lostTools' ? contract.neededTools.filter((tool) => !digest.tools?.includes(tool)) : [];
  return [
    ...(digest.result?.errors ?? []).slice(0, mostErrors).map((error) => `The agent reported: ${error}`),
    ...(lost.length === 0 ? [] : [`It started without tools that its skill needs: ${lost.join(', ')}.`]),
    ...(signal === null ? [] : [`The process of the agent was ended by ${signal}; maitred did not send it.`]),
    ...(subtype === 'adjudicated_failure' ? missingOutputs.map((line) => `The result lacks the line "${line}".`) : []),
  ];
}
