import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { bytesText } from '../../domain/bytes-text.ts';
import { type KeptContent, mostContentBytes } from '../../domain/scenario/scenario.ts';
import type { CapturedBytes } from './scenario-recorder.ts';

/** A content of a scenario that has no file yet. */
export interface ContentToKeep {
  readonly content: Omit<KeptContent, 'file'>;
  /** null: nothing is kept. */
  readonly kept: Uint8Array | null;
}

/** What texts of a scenario are without. */
export interface CleanTexts {
  /** Replaces secrets. */
  redact(text: string): string;
  /** Puts placeholders into a text without secrets. */
  abstract(text: string): string;
}

/** Decides what is kept of a content: a text without secrets and with placeholders, or other bytes as they are if no secret is in them. */
export function keepContent({ bytes, leftOutBytes, sizeBytes }: JoinedBytes, clean: CleanTexts): ContentToKeep {
  if (sizeBytes === 0) return { content: { bytes: 0 }, kept: null };
  const without = (why: string): ContentToKeep => ({ content: { bytes: sizeBytes, why_not: why }, kept: null });
  const isText = isUtf8(bytes);
  if (!isText && leftOutBytes > 0) return without('It is not text, and too large to be kept as a whole.');
  if (!isText && holdsSecret(bytes, clean.redact)) return without('It is not text, and holds a secret.');
  if (isText && holdsSecretInUtf16(bytes, clean.redact)) return without('It holds a secret as UTF-16.');
  const kept = isText ? Buffer.from(clean.abstract(clean.redact(bytes.toString()))) : bytes;
  if (kept.length > mostContentBytes) return without(`It is larger than ${bytesText(mostContentBytes)}.`);
  return {
    content: {
      bytes: sizeBytes,
      sha256: hashOf(kept),
      ...(leftOutBytes > 0 && { left_out: leftOutBytes }),
      ...(!isText && { binary: true }),
    },
    kept,
  };
}

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Whether a secret is in bytes that are not text. */
export const holdsSecret = (bytes: Buffer, redact: (text: string) => string): boolean =>
  [bytes.toString('latin1'), bytes.toString('utf8')].some((text) => redact(text) !== text) ||
  holdsSecretInUtf16(bytes, redact);

/** Whether it is there as UTF-16, of either order: valid UTF-8 too, in which no secret is found. */
const holdsSecretInUtf16 = (bytes: Buffer, redact: (text: string) => string): boolean =>
  bytes.includes(0) &&
  [bytes, bytes.subarray(1)].map((part) => part.toString('utf16le')).some((text) => redact(text) !== text);

/** A bounded content as one: in the middle, a line says how much was left out. */
export interface JoinedBytes {
  readonly bytes: Buffer;
  /** 0: it is whole. */
  readonly leftOutBytes: number;
  /** As it was written. */
  readonly sizeBytes: number;
  /** Where the first so many bytes of what was written end in `bytes`. */
  endOf(writtenBytes: number): number;
}

/**
 * Joins the beginning and the end of a content. Both are cut further, at the end of a line or else of a word: half of a secret, or of a character,
 * is not known as one.
 */
export function joinCaptured({ head, tail, leftOutBytes }: CapturedBytes): JoinedBytes {
  const sizeBytes = head.length + leftOutBytes + tail.length;
  if (leftOutBytes === 0) {
    const bytes = Buffer.concat([head, tail]);
    return { bytes, leftOutBytes, sizeBytes, endOf: (written) => Math.min(written, sizeBytes) };
  }
  const start = Buffer.from(head).subarray(0, safeEnd(head));
  const end = Buffer.from(tail).subarray(safeStart(tail));
  const missing = sizeBytes - start.length - end.length;
  const isWithinLine = start.length > 0 && start.at(-1) !== newline;
  const gap = Buffer.from(`${isWithinLine ? '\n' : ''}${gapLine(missing)}`);
  const bytes = Buffer.concat([start, gap, end]);
  return {
    bytes,
    leftOutBytes: missing,
    sizeBytes,
    endOf: (written) =>
      written <= start.length ? written : bytes.length - Math.min(Math.max(sizeBytes - written, 0), end.length),
  };
}

/** Stands in a content for what is left out. */
export const gapLine = (bytes: number): string => `[… ${bytes} bytes left out …]\n`;

const newline = 10;
/** Between words, also in JSON. */
const separators = new Set(Buffer.from(' \t\r"\',;&'));

function safeEnd(head: Uint8Array): number {
  const lineEnd = head.lastIndexOf(newline) + 1;
  return lineEnd > 0 ? lineEnd : head.findLastIndex((byte) => separators.has(byte)) + 1;
}

function safeStart(tail: Uint8Array): number {
  const text = Buffer.from(tail).toString('latin1');
  // A key that begins in what is left out.
  const keyEnd = /^(?:(?!-----BEGIN )[\s\S])*?-----END [A-Z ]{0,40}PRIVATE KEY-----/.exec(text)?.[0].length ?? 0;
  const lineStart = text.indexOf('\n', keyEnd) + 1;
  if (lineStart > 0) return lineStart;
  const separator = tail.findIndex((byte, at) => at >= keyEnd && separators.has(byte));
  return separator === -1 ? tail.length : separator + 1;
}
