import { encodeJson } from '../../src/domain/encode-json.ts';
import { type ActorMessage, type InspectionMessage, inspectionWireVersion } from '../../src/domain/inspection.ts';
import { newestSnapshot } from './actor-history.ts';
import type { RecordingHeader } from './page-line.ts';
import { projectName } from './project-name.ts';
import type { ActorAt, Recording } from './recording.ts';

/** A recording as lines of a file, with newlines. In place of forgotten messages it has the state after the last of them. */
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
  if (first > 0) for (const message of stateAtFirst(recording)) yield lineOf(message);
  for (let position = first; position < end; position += 1) yield lineOf(recording.at(position).message);
}

function* stateAtFirst(recording: Recording): Generator<InspectionMessage> {
  const { first, hello } = recording;
  if (hello !== null) yield { ...hello, phases: recording.phasesAt(first) };
  for (const actor of recording.actorsAt(first)) yield introduce(actor);
  for (const { position, message, status } of recording.callsAt(first))
    if (position < first && status !== 'unanswered' && status !== 'unknown') yield { ...message, id: null };
  const count = recording.callCountAt(first);
  if (count !== null) yield { ...count, id: null };
}

function introduce(actor: ActorAt): ActorMessage {
  const { sessionId, rootId, name, parentId, startedBy, call, systemId, kind, src, definition, snapshot } = actor;
  return {
    type: '@xstate.actor',
    _version: inspectionWireVersion,
    createdAt: String(snapshot.atMs),
    id: null,
    sessionId,
    rootId,
    name,
    ...(parentId === null ? {} : { parentId }),
    ...(startedBy === null ? {} : { startedBy }),
    ...(call === null ? {} : { call }),
    ...(systemId === null ? {} : { systemId }),
    kind,
    src,
    definition: definition ?? '{}',
    snapshot: newestSnapshot(snapshot),
  };
}

/** The name of the file of a saved recording: `maitred-dishes-2026-11-22-19-03-04.jsonl`. */
export function recordingFileName(projectDir: string | null, at: Date): string {
  const project = projectDir === null ? 'server' : projectName(projectDir).replace(/[^\w.-]+/g, '-');
  return `maitred-${project}-${at.toISOString().slice(0, 19).replaceAll(/[T:]/g, '-')}.jsonl`;
}

const lineOf = (value: RecordingHeader | InspectionMessage): string => `${encodeJson(value)}\n`;
