/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export type Random = () => number;

export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

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
  const below = (limit: number) => Math.floor(random() * limit);
  const planted = { sessions: below(4), servers: below(3), isDeaf: random() < 0.3 };
  if (random() < 0.5) {
    const times = { afterMs: below(longestMs), leavesAfterMs: below(2 * longestMs) };
    return { ...planted, by: 'time', ...times, withGuardian: random() < 0.5 };
  }
  const kind = random() < 0.5 ? 'rename' : (kinds[below(kinds.length)] ?? 'any');
  const moment = random() < 0.5 ? 'before' : 'after';
  const killAt = `${kind}:${1 + below(callsOfALife[kind])}:${moment}`;
  return { ...planted, by: 'call', killAt, leavesBy: random() < 0.5 ? 'eof' : 'SIGTERM' };
}
