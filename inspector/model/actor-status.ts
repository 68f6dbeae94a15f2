/** What became of an actor, in XState's words. */
export type ActorStatus = 'active' | 'done' | 'error' | 'stopped';

const words: Readonly<Record<string, string>> = {
  active: 'running',
  error: 'failed',
} satisfies Partial<Record<ActorStatus, string>>;

/** A status in the words of the page. */
export const actorStatusText = (status: string): string => words[status] ?? status;
