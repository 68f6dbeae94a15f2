import { AppError } from '../../../src/domain/app-error.ts';
import type { Connection } from '../page-state.ts';
import { readText } from './read-text.ts';

export interface StreamFollower {
  /** Called when the stream begins, also after a reconnect. Returns a function that gets the pieces of text. */
  readonly begin: () => (piece: string) => void;
  readonly onConnection: (connection: Connection) => void;
}

const firstPauseMs = 500;
const longestPauseMs = 15_000;

/** Reads the stream of the inspector's server while the page is open. Reconnects with growing pauses. */
export async function followStream({ begin, onConnection }: StreamFollower): Promise<void> {
  let pauseMs = firstPauseMs;
  for (;;) {
    const end = await readStream(() => {
      pauseMs = firstPauseMs;
      onConnection({ kind: 'open' });
      return begin();
    });
    if (end === 'refused') {
      onConnection({ kind: 'refused' });
      return;
    }
    onConnection({ kind: 'broken', againInMs: pauseMs });
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

/** The inspector's server does not answer. */
const isGone = () => null;

const pause = (pauseMs: number) => new Promise<void>((go) => setTimeout(go, pauseMs));
