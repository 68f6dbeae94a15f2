import type { ActorAt, SnapshotAt } from './recording.ts';

/** What became of an actor, in XState's words. */
export type ActorStatus = 'active' | 'done' | 'error' | 'stopped';

const words: Readonly<Record<string, string>> = {
  active: 'running',
  error: 'failed',
} satisfies Partial<Record<ActorStatus, string>>;

/** A status in the words of the page. */
export const actorStatusText = (status: string): string => words[status] ?? status;

/** The status of an actor in words, and whether it ended only because its server did. */
export function describeStatus({ snapshot: { status }, isEndOfServer }: SnapshotAt): string {
  return status === 'stopped' && isEndOfServer ? 'stopped with the server' : actorStatusText(status);
}

/** The actor after its server is gone without a word: nothing of it runs. */
export function stoppedWithServer(actor: ActorAt): ActorAt {
  const { snapshot } = actor;
  if (snapshot.snapshot.status !== 'active') return actor;
  const stopped = { ...snapshot.snapshot, status: 'stopped' satisfies ActorStatus };
  return { ...actor, snapshot: { ...snapshot, snapshot: stopped, isEndOfServer: true } };
}
