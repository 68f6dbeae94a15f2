import { asciiJson } from '../domain/encode-json.ts';
import { redactedMark } from '../domain/redact.ts';
import { redactOptions } from '../domain/redact-options.ts';
import { createReadableCopy, type ReadableCopyDeps } from '../services/inspection/copy-readably.ts';
import type { NumberedEvent } from './session-events.ts';

/** Of each member of an event. */
const limits = { depth: 10, entries: 100, nodes: 1_000, text: 4_096, characters: 16_384 };

/** Makes the line that shows an event of a session. @param id of the message; null: it describes an event from before */
type SessionEventLines = (session: string, event: NumberedEvent, id: number | null) => string;

export function createSessionEventLines({
  redact,
  secrets,
}: Pick<ReadableCopyDeps, 'redact' | 'secrets'>): SessionEventLines {
  const copy = createReadableCopy({
    redact: { text: (text) => redactOptions(redact.text(text), redactedMark) },
    secrets,
    standIn: () => null,
  });
  return (session, { number, atMs, event }, id) => {
    const members = Object.entries(event).map(
      ([name, value]) => `${asciiJson(name)}:${copy.of(value, 'open', limits)}`,
    );
    const numbered = `"createdAt":"${id === null ? atMs : Date.now()}","id":${id === null ? 'null' : `"${id}"`}`;
    return `{"type":"maitred.sessionEvent",${numbered},"session":${asciiJson(session)},"number":${number},"atMs":${atMs},"event":{${members}}}`;
  };
}
