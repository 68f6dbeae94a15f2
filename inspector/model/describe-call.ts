import { clockText } from '../../src/domain/clock-text.ts';
import { countText, digitsText } from '../../src/domain/count-text.ts';
import { encodeJson } from '../../src/domain/encode-json.ts';
import type { CallCountMessage, CallMessage, Json, JsonMembers, SeenText } from '../../src/domain/inspection.ts';
import { errorIn } from './failed-call.ts';
import { formatValue } from './format-value.ts';
import { missingSuccess } from './missing-success.ts';
import type { CallAt, CallStatus } from './recording.ts';
import { contentText, isMembers, jsonOf, seenJson } from './seen-json.ts';

export const statusWords: Readonly<Record<CallStatus, string>> = {
  waiting: 'waiting',
  running: 'running',
  failed: 'failed',
  unsuccessful: 'without success',
  unanswered: 'no answer',
  unknown: 'unknown',
  cancelled: 'cancelled',
  ok: 'ok',
};

/** The status of a call in words; of one without success what its result says: `exit 3`. */
export const statusText = ({ status, message }: CallAt): string =>
  (status === 'unsuccessful' ? missingSuccess(message) : null) ?? statusWords[status];

/** The tool; of another request its method. */
export const callName = ({ tool, method }: CallMessage): string => tool ?? method;

export function describeWait(tasks: readonly string[]): string {
  return tasks.length === 0
    ? 'waits for a slot: the maximum number of calls is running'
    : `waits for ${tasks.join(', ')}`;
}

/** Why the call has no answer, and which progress it has reported, as a sentence; null: it has an answer. */
export function describePending({ status, message }: CallAt): string | null {
  const { ranAtMs, waitsFor } = message;
  const was = ranAtMs === null ? 'waiting' : 'running';
  switch (status) {
    case 'waiting':
      return `It ${describeWait(waitsFor ?? [])}.`;
    case 'running':
      return 'It is running.';
    case 'unanswered':
      return `It was ${was} when the server ended.`;
    case 'unknown':
      return `It was ${was}; messages after that are missing.`;
    case 'cancelled':
      return 'The client cancelled it, and got no answer.';
    default:
      return null;
  }
}

/** The time that it waited, up to the given moment if it still waits; null: not known. */
export function waitedMs({ status, message }: CallAt, atMs: number): number | null {
  const { arrivedAtMs, ranAtMs, answeredAtMs } = message;
  const endMs = ranAtMs ?? answeredAtMs ?? (status === 'waiting' ? atMs : null);
  return endMs === null ? null : Math.max(0, endMs - arrivedAtMs);
}

/** The time that it ran, up to the given moment if it still runs; null: it has not run, or not known. */
export function ranMs({ status, message }: CallAt, atMs: number): number | null {
  const { ranAtMs, answeredAtMs } = message;
  const endMs = answeredAtMs ?? (status === 'running' ? atMs : null);
  return endMs === null || ranAtMs === null ? null : Math.max(0, endMs - ranAtMs);
}

/** The arguments on one line. */
export const requestText = ({ request }: CallMessage): string => onOneLine(request.text, seenJson(request));

/** The result or the error on one line, without the members that say nothing. Empty if there is none. */
export function answerText({ answer, outcome }: CallMessage): string {
  if (answer === null) return '';
  const content = contentText(answer);
  const text = outcome === 'toolError' ? errorIn(content) : content;
  const value = seenJson({ text, isTruncated: answer.isTruncated });
  return onOneLine(text, isMembers(value) ? withoutEmpty(value) : value);
}

/** Without members that many results share; the status says whether there was success. Whole if no other member is left. */
function withoutEmpty(result: JsonMembers): JsonMembers {
  const telling = Object.entries(result).filter(([name, value]) => {
    if (name === 'success' || value === null || value === false) return false;
    if (name.endsWith('_ended') && value === 0) return false;
    if (typeof value === 'string') return value.trim() !== '';
    return typeof value !== 'object' || Object.keys(value).length > 0;
  });
  return telling.length === 0 ? result : Object.fromEntries(telling);
}

/** An object without its outer braces; a text that is not JSON as it is. */
function onOneLine(text: string, value: Json | undefined): string {
  if (typeof value !== 'object' || value === null) return text.slice(0, mostShown);
  return formatValue(value, mostShown).replace(/^\{ ?| ?\}$/g, '');
}

/** Longer than a column is wide. */
const mostShown = 200;

/**
 * The answer for a tree. A result that is a single text is the value in that text, also if it has the same value as structured content; of a truncated
 * answer, the beginning of the value in its first text. undefined: it is to be shown as text.
 */
export function answerValue(answer: SeenText): Json | undefined {
  const { isTruncated } = answer;
  const value = jsonOf(answer.text);
  const text = isTruncated ? contentText(answer) : onlyTextOf(value);
  if (text === null) return value;
  const inner = seenJson({ text, isTruncated });
  return typeof inner === 'object' && inner !== null ? inner : undefined;
}

function onlyTextOf(value: Json | undefined): string | null {
  if (!isMembers(value)) return null;
  const { content, isError, structuredContent, ...others } = value;
  if (!Array.isArray(content) || content.length !== 1 || Object.keys(others).length > 0) return null;
  const [item] = content as readonly Json[];
  if (!isMembers(item) || typeof item.text !== 'string') return null;
  const isSame = structuredContent === undefined || encodeJson(jsonOf(item.text)) === encodeJson(structuredContent);
  return isSame ? item.text : null;
}

/** The calls that were only counted, as a sentence. */
export function describeCount({ calls, failed, fromMs, toMs }: CallCountMessage): string {
  const were = calls === 1 ? 'was' : 'were';
  const failures = failed === 0 ? '' : ` ${digitsText(failed)} of them failed.`;
  return `${countText(calls, 'more call')} between ${clockText(fromMs)} and ${clockText(toMs)} ${were} counted, not recorded (more than 200 a second).${failures}`;
}
