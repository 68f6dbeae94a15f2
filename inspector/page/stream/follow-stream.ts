import { AppError } from '../../../src/domain/app-error.ts';
import type { Link } from '../page-state.ts';
import { readText } from './read-text.ts';

export interface StreamFollower {
  /** The stream begins, or begins anew: what takes the pieces of text that come. */
  readonly begin: () => (piece: string) => void;
  readonly say: (link: Link) => void;
}

const firstPauseMs = 500;
const longestPauseMs = 15_000;

/** Reads the stream of the inspector's server for as long as the page is there; where it breaks off, it is asked for again, with growing pauses. */
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
  const answer = await fetch('/stream').catch(isGone);
  if (answer?.status === 403) return 'refused';
  if (answer === null || !answer.ok || answer.body === null) return 'broken';
  const take = begin();
  try {
    for await (const piece of readText(answer.body)) take(piece);
  } catch (problem) {
    if (!(problem instanceof AppError)) throw problem;
  }
  return 'broken';
}

/** All that is known when the inspector's server does not answer. */
const isGone = () => null;

const pause = (pauseMs: number) => new Promise<void>((go) => setTimeout(go, pauseMs));
