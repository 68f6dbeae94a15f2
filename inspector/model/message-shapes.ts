import type { InspectionMessage } from '../../src/domain/inspection.ts';
import type { RecordingHeader, ServerLine } from './page-line.ts';
import { count, digits, json, listOf, oneOf, optional, orNull, record, type Shape, text, time } from './shape.ts';

const numbered = { createdAt: digits, id: orNull(digits) };
const ofActor = { ...numbered, sessionId: text, rootId: text };
const event = whole(record({ type: text }));
const snapshot = whole(record({ status: text }));
const step = record({
  ...ofActor,
  event: record({ type: text }),
  status: text,
  value: json,
  transitions: listOf(record({ source: text, event: text, targets: listOf(text) })),
});

const seenText = record({ text, sizeBytes: count, isTruncated: oneOf(true, false) });

/** The members that the inspector relies on; a message may have more. */
export const messageShapes: Readonly<Record<InspectionMessage['type'], Shape>> = {
  '@xstate.actor': record({
    ...ofActor,
    name: text,
    parentId: optional(text),
    startedBy: optional(text),
    call: optional(count),
    systemId: optional(text),
    kind: oneOf('machine', 'promise', 'callback', 'observable', 'work'),
    src: orNull(text),
    definition: text,
    snapshot,
  }),
  '@xstate.event': record({ ...ofActor, event, sourceId: optional(text) }),
  '@xstate.snapshot': record({ ...ofActor, event, snapshot }),
  '@xstate.microstep': step,
  '@xstate.transition': step,
  '@xstate.action': record({ ...ofActor, action: whole(record({ type: text })) }),
  'maitred.call': record({
    ...numbered,
    number: count,
    method: text,
    tool: orNull(text),
    requestId: whole(json),
    arrivedAtMs: time,
    ranAtMs: orNull(time),
    answeredAtMs: orNull(time),
    outcome: orNull(oneOf('result', 'toolError', 'error', 'cancelled')),
    waitsFor: orNull(listOf(text)),
    progressCount: count,
    progress: orNull(text),
    request: seenText,
    answer: orNull(seenText),
  }),
  'maitred.callCount': record({ ...numbered, fromMs: time, toMs: time, calls: count, failed: count }),
  'maitred.log': record({ ...numbered, level: text, event: text, fields: json, call: optional(count) }),
  'maitred.sessionEvent': record({ ...numbered, session: text, number: count, atMs: time, event }),
  'maitred.hello': record({
    wireVersion: oneOf(1),
    serverId: text,
    pid: count,
    version: text,
    projectDir: text,
    name: optional(text),
    startedAtMs: time,
    state: text,
    phases: listOf(record({ state: text, atMs: time })),
    recording: record({
      since: oneOf('greeting', 'watcher'),
      sinceMs: time,
      messages: count,
      dropped: record({ messages: count, bytes: count }),
    }),
  }),
  'maitred.lost': record({ messages: count, why: text }),
  'maitred.bye': record({ why: text }),
};

export const serverLineShape: Shape = record({
  type: oneOf('inspector.server' satisfies ServerLine['type']),
  serverId: text,
  pid: count,
  version: text,
  projectDir: text,
  name: optional(text),
  startedAtMs: time,
  status: oneOf('running', 'ended', 'disappeared', 'unreachable'),
  why: orNull(text),
});

export const headerShape: Shape = record({
  type: oneOf('maitred.recording' satisfies RecordingHeader['type']),
  formatVersion: oneOf(1),
  savedAtMs: time,
  serverId: text,
  forgotten: count,
});

/** Also checks all other members, with `json`. */
function whole(shape: Shape): Shape {
  return (value) => shape(value) ?? json(value);
}
