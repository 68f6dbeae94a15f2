import type { SessionOutcome } from './session-outcome.ts';

/** How often each command has ended retriable in a row. */
export interface RetryCounts {
  of(command: string): number;
  note(command: string, outcome: Pick<SessionOutcome, 'kind' | 'retryReason'>): void;
}

/** How many commands are remembered, the ones that ended last. */
const mostCommands = 1_000;

export function createRetryCounts(): RetryCounts {
  const counts = new Map<string, number>();
  const of = (command: string) => counts.get(command) ?? 0;
  return {
    of,
    note(command, { kind, retryReason }) {
      const before = of(command);
      counts.delete(command);
      if (kind === 'retriable' || retryReason === 'budget_exhausted') counts.set(command, before + 1);
      const [oldest] = counts.keys();
      if (counts.size > mostCommands && oldest !== undefined) counts.delete(oldest);
    },
  };
}
