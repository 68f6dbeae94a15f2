import type { CallCountMessage, CallMessage, Json, SeenText } from '../../src/domain/inspection.ts';
import { isJsonObject } from '../../src/domain/json-object.ts';
import { isMembers, seenJson } from './seen-json.ts';

/** Whether a message reports calls that have just failed; one without an id describes the past. */
export function isFailedCall(message: CallMessage | CallCountMessage): boolean {
  if (message.id === null) return false;
  if (message.type === 'maitred.callCount') return message.failed > 0;
  return message.outcome === 'toolError' || message.outcome === 'error';
}

/** `run_cmd failed: There is no folder /src.` */
export function failedCallText(message: CallMessage | CallCountMessage): string {
  if (message.type === 'maitred.callCount') return `${message.failed} of ${message.calls} quick calls failed`;
  const { tool, method, answer } = message;
  const reason = answer === null ? null : reasonIn(readSeen(answer));
  return `${tool ?? method} failed${reason === null ? '' : `: ${reason}`}`;
}

/** What was asked, and the answer. */
export function failedCallPayload(message: CallMessage | CallCountMessage): Json | null {
  if (message.type === 'maitred.callCount') return null;
  const { requestId, request, answer } = message;
  return { requestId, request: readSeen(request), answer: answer === null ? null : readSeen(answer) };
}

const readSeen = (seen: SeenText): Json => seenJson(seen) ?? seen.text;

/** The first line of a JSON-RPC error's message, or of a result's first text. */
function reasonIn(answer: Json): string | null {
  if (!isJsonObject(answer)) return null;
  const { message, content } = answer;
  const text = Array.isArray(content) ? content.map((part) => isJsonObject(part) && part.text)[0] : message;
  return typeof text === 'string' ? (errorIn(text).trim().split('\n', 1)[0] ?? null) : null;
}

/** The message in a failed result whose text is JSON, such as those of maitred's own tools; another text as it is. */
export function errorIn(text: string): string {
  const value = seenJson({ text, isTruncated: true });
  return isMembers(value) && typeof value.error === 'string' ? value.error : text;
}
