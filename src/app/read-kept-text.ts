import type { SeenText } from '../domain/inspection.ts';
import { redactedMark } from '../domain/redact.ts';
import { redactOptions } from '../domain/redact-options.ts';
import type { KeptText } from '../front/call-log.ts';
import type { TextCopier } from '../services/inspection/copy-text.ts';

const mostBytes = 4_096;

/** The beginning of a text of the call log, for others to see: without secrets, and without a part of a character at its end. */
export function readKeptText({ beginning, isWhole, sizeBytes }: KeptText, texts: TextCopier): SeenText {
  const text = redactOptions(texts.truncate(beginning, mostBytes + 1, isWhole).value, redactedMark);
  const fits = Buffer.byteLength(text) <= mostBytes;
  return { text: fits ? text : beginningOf(text), sizeBytes, isTruncated: !isWhole || !fits };
}

function beginningOf(text: string): string {
  const bytes = Buffer.alloc(mostBytes);
  return bytes.toString('utf8', 0, bytes.write(text));
}
