import { below, type Random } from '../support/seeded-random.ts';

/** When a server is killed: some time after its spawn, or by itself at one of its calls of the disk. */
export type KillPlan = {
  readonly sessions: number;
  readonly servers: number;
  /** Whether programs of the server ignore SIGTERM. */
  readonly isDeaf: boolean;
} & (
  | { readonly by: 'time'; readonly afterMs: number; readonly leavesAfterMs: number; readonly withGuardian: boolean }
  | { readonly by: 'call'; readonly killAt: string; readonly leavesBy: 'eof' | 'SIGTERM' }
);

/** How many calls of each kind a server makes that recovers something, runs a command and shuts down. */
const callsOfALife = { rename: 32, fsync: 24, unlink: 26, mkdir: 32, write: 43, any: 157 } as const;
const kinds = Object.keys(callsOfALife) as (keyof typeof callsOfALife)[];

const longestMs = 1_500;

export function planKill(random: Random): KillPlan {
  const planted = { sessions: below(random, 4), servers: below(random, 3), isDeaf: random() < 0.3 };
  if (random() < 0.5) {
    const times = { afterMs: below(random, longestMs), leavesAfterMs: below(random, 2 * longestMs) };
    return { ...planted, by: 'time', ...times, withGuardian: random() < 0.5 };
  }
  const kind = random() < 0.5 ? 'rename' : (kinds[below(random, kinds.length)] ?? 'any');
  const moment = random() < 0.5 ? 'before' : 'after';
  const killAt = `${kind}:${1 + below(random, callsOfALife[kind])}:${moment}`;
  return { ...planted, by: 'call', killAt, leavesBy: random() < 0.5 ? 'eof' : 'SIGTERM' };
}
