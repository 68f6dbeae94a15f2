import type { LogRow } from './log-row.ts';

/** Between whom it was; of what a server says of itself, nobody. */
export function sayParties({ source, target }: LogRow): string {
  if (target === null) return '';
  return source === null || source.sessionId === target.sessionId ? target.name : `${source.name} → ${target.name}`;
}
