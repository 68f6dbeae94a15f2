import { endsWithMarker, isMarked } from './completion-marker.ts';
import { findLines, findMissing, isFileOutput, matches } from './contract-outputs.ts';
import type { SessionEvidence } from './session-outcome.ts';
import { hasContent, isSuccessReport, isUnread, type SessionReport } from './session-report.ts';
import { joinedTexts } from './stream-digest.ts';

type Recovery = (report: SessionReport, evidence: SessionEvidence) => SessionReport;

/** Completes a report with what else the session has said and done, where that is proof. */
export const recoverReport: Recovery = (report, evidence) =>
  [recoverLostResult, recoverMarker, recoverOutputLines, recoverFileOutputs].reduce(
    (recovered, recovery) => recovery(recovered, evidence),
    report,
  );

/** The session had ended, as its own log says or as no log could deny, and its process was ended before the result was printed. */
const recoverLostResult: Recovery = (report, { channel, marker, digest }) => {
  if (!isUnread(report) || (channel !== 'channel_b' && channel !== 'dir_missing') || marker === null) return report;
  const text = joinedTexts(digest);
  if (!endsWithMarker(text, marker) || !hasContent(text, marker)) return report;
  return { cliSubtype: 'success', isError: false, text };
};

/** The marker was sent as a message of its own, directly before the result or as the result. */
const recoverMarker: Recovery = (report, { marker, digest }) => {
  if (marker === null || !isSuccessReport(report)) return report;
  if (hasContent(report.text, marker) && isMarked(report.text, marker)) return report;
  const text = joinedTexts(digest);
  const isSent = digest.texts.slice(-2).some((one) => endsWithMarker(one, marker));
  return isSent && hasContent(text, marker) ? { ...report, text } : report;
};

/** Output lines were sent before the last message. */
const recoverOutputLines: Recovery = (report, { channel, contract, digest }) => {
  if (channel === 'unmonitored' || !isSuccessReport(report)) return report;
  const lines = findMissing(contract, report.text).flatMap((output) => findLines(digest.texts, output) ?? []);
  return lines.length === 0 ? report : { ...report, text: [report.text, ...lines].join('\n') };
};

/** Only paths of files are missing, and the session wrote files: each output is the last file that fits it and that no other output has. */
const recoverFileOutputs: Recovery = (report, { channel, contract, digest }) => {
  const missing = findMissing(contract, report.text);
  if (channel !== 'unmonitored' || !isSuccessReport(report) || !missing.every(isFileOutput)) return report;
  const written = digest.writtenPaths.filter((path) => path.startsWith('/'));
  const lines = missing.flatMap(({ name, pattern }) => {
    const index = written.findLastIndex((path) => matches(`${name} = ${path}`, pattern));
    return index === -1 ? [] : [`${name} = ${written.splice(index, 1)[0]}`];
  });
  return lines.length === 0 ? report : { ...report, text: [...lines, report.text].join('\n') };
};
