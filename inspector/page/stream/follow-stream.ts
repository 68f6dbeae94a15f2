import type { Link } from '../page-state.ts';
import { readText } from './read-text.ts';

export interface StreamFollower {
  /** The stream begins, or begins anew: what takes the pieces of text that come. */
  readonly begin: () => (piece: string) => void;
  readonly say: (link: Link) => void;
}

const firstPauseMs = 500;
const longestPauseMs = 15_000;

/** Reads the stream of the window's server for as long as the page is there; where it breaks off, it is asked for again, with growing pauses. */
export async function followStream({ begin, say }: StreamFollower): Promise<void> {
  let pauseMs = firstPauseMs;
  for (;;) {
    const end = await readStream(() => {
      pauseMs = firstPauseMs;
      say({ kind: 'open' });
      return begin();
    });
    if (end === 'refused') {
      say({ kind: 'refused' });
      return;
    }
    say({ kind: 'broken', againInMs: pauseMs });
    await pause(pauseMs);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

async function readStream(begin: () => (piece: string) => void): Promise<'refused' | 'broken'> {
  try {
    const answer = await fetch('/stream');
    if (answer.status === 403) return 'refused';
    if (!answer.ok || answer.body === null) return 'broken';
    const take = begin();
    for await (const piece of readText(answer.body)) take(piece);
  } catch {
    // The window's server is gone, and that is what is said.
  }
  return 'broken';
}

const pause = (pauseMs: number) => new Promise<void>((go) => setTimeout(go, pauseMs));
