import { encodeJson } from '../../domain/encode-json.ts';
import type { Json } from '../../domain/inspection.ts';
import { redactedMark } from '../../domain/redact.ts';
import { redactKnownValues } from '../../domain/redact-known-values.ts';
import type { MessageRing } from './message-ring.ts';

/** A ring that also redacts values that became known as secrets after their line was made. @param secrets more may be added */
export function withoutLaterSecrets(ring: MessageRing, secrets: ReadonlySet<string>): MessageRing {
  const redact = redactKnownValues(secrets, redactedMark);
  let known = secrets.size;
  /** Lines with lower numbers were made when fewer secrets were known. */
  let firstUpToDate = ring.next;
  const learn = () => {
    if (secrets.size === known) return;
    known = secrets.size;
    firstUpToDate = ring.next;
  };
  return {
    get first() {
      return ring.first;
    },
    get next() {
      return ring.next;
    },
    dropped: ring.dropped,
    push(line) {
      learn();
      ring.push(line);
    },
    take(number, mostBytes) {
      learn();
      const lines = ring.take(number, mostBytes);
      if (number >= firstUpToDate) return lines;
      const text = lines.bytes.toString('latin1');
      return { ...lines, bytes: Buffer.from(text.replace(/.+/g, (line) => redactLine(line, redact))) };
    },
  };
}

function redactLine(line: string, redact: (text: string) => string): string {
  // Few lines contain a secret, and parsing every line would take long.
  return redact(line) === line ? line : encodeJson(redactWithin(JSON.parse(line) as Json, redact));
}

function redactWithin(value: Json, redact: (text: string) => string): Json {
  if (typeof value === 'string') return redact(value);
  if (typeof value === 'number') return redact(String(value)) === String(value) ? value : redactedMark;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => redactWithin(item, redact));
  return Object.fromEntries(Object.entries(value).map(([key, within]) => [redact(key), redactWithin(within, redact)]));
}
