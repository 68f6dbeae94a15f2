import { type ActorMessage, type InspectionMessage, inspectionWireVersion } from '../../src/domain/inspection.ts';
import { newestSnapshot } from './newest-snapshot.ts';
import type { RecordingHeader } from './page-line.ts';
import type { ActorAt, Recording } from './recording.ts';

/** A recording as a file: lines with their newlines. Of what was forgotten it says how things were when that ended. */
export function* writeRecording(recording: Recording, savedAtMs: number = Date.now()): Generator<string> {
  const { serverId, first, end } = recording;
  const header: RecordingHeader = {
    type: 'maitred.recording',
    formatVersion: 1,
    savedAtMs,
    serverId,
    forgotten: first,
  };
  yield lineOf(header);
  if (first > 0) for (const message of whatWasBefore(recording)) yield lineOf(message);
  for (let position = first; position < end; position += 1) yield lineOf(recording.at(position).message);
}

function* whatWasBefore(recording: Recording): Generator<InspectionMessage> {
  const { first, hello } = recording;
  if (hello !== null) yield { ...hello, phases: recording.phasesAt(first) };
  for (const actor of recording.actorsAt(first)) yield introduce(actor);
  const calls = recording.callsAt(first);
  if (calls !== null) yield { ...calls, id: null };
}

function introduce(actor: ActorAt): ActorMessage {
  const { sessionId, rootId, name, parentId, systemId, kind, src, definition, snapshot } = actor;
  return {
    type: '@xstate.actor',
    _version: inspectionWireVersion,
    createdAt: String(snapshot.atMs),
    id: null,
    sessionId,
    rootId,
    name,
    ...(parentId === null ? {} : { parentId }),
    ...(systemId === null ? {} : { systemId }),
    kind,
    src,
    definition: definition ?? '{}',
    snapshot: newestSnapshot(snapshot),
  };
}

const lineOf = (value: RecordingHeader | InspectionMessage): string => `${JSON.stringify(value)}\n`;
