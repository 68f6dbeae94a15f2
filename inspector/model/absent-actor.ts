import type { Recording } from './recording.ts';

/** An actor that does not exist at a moment. */
export interface AbsentActor {
  readonly name: string;
  /** The first moment that shows it; null: none, its messages are no longer kept. */
  readonly began: number | null;
  /** The nearest of those that had started it which exists at the moment; null: none does, or a call had started it. */
  readonly ancestorId: string | null;
}

/** @returns null if the actor exists at this moment */
export function findAbsentActor(
  recording: Pick<Recording, 'actorAt' | 'end' | 'nameOf'>,
  sessionId: string,
  moment: number,
): AbsentActor | null {
  if (recording.actorAt(sessionId, moment) !== null) return null;
  const known = recording.actorAt(sessionId, recording.end);
  /** Against a faulty server whose actors have started each other. */
  const seen = new Set([sessionId]);
  let ancestorId = known?.parentId ?? known?.startedBy ?? null;
  while (ancestorId !== null && !seen.has(ancestorId) && recording.actorAt(ancestorId, moment) === null) {
    seen.add(ancestorId);
    const ancestor = recording.actorAt(ancestorId, recording.end);
    ancestorId = ancestor?.parentId ?? ancestor?.startedBy ?? null;
  }
  return {
    name: recording.nameOf(sessionId),
    began: known === null ? null : known.since + 1,
    ancestorId: ancestorId !== null && seen.has(ancestorId) ? null : ancestorId,
  };
}
