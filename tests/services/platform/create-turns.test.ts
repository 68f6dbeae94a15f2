import { expect, it } from 'vitest';
import { createTurns } from '../../../src/services/platform/create-turns.ts';

const neverAborted = new AbortController().signal;

/** Work that says when it begins, and ends when it is told to. */
function aPieceOfWork(begun: string[], name: string) {
  const { promise, resolve, reject } = withResolvers();
  const work = () => {
    begun.push(name);
    return promise;
  };
  return { work, end: () => resolve(name), fail: () => reject(new Error(name)) };
}

function withResolvers() {
  let resolve: (name: string) => void = () => undefined;
  let reject: (problem: Error) => void = () => undefined;
  const promise = new Promise<string>((...both) => {
    [resolve, reject] = both;
  });
  return { promise, resolve, reject };
}

it('The number that run at once is limited; the others start in order, also after a failure', async () => {
  const inTurn = createTurns(2);
  const begun: string[] = [];
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => aPieceOfWork(begun, name));
  const ended = [a, b, c, d].map((piece) => inTurn(neverAborted, piece?.work ?? (async () => '')));
  expect(begun).toEqual(['a', 'b']);
  b?.fail();
  await expect(ended[1]).rejects.toThrow('b');
  expect(begun).toEqual(['a', 'b', 'c']);
  a?.end();
  expect(await ended[0]).toBe('a');
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
  for (const piece of [c, d]) piece?.end();
  expect(await Promise.all(ended.slice(2))).toEqual(['c', 'd']);
  await expect(inTurn(neverAborted, async () => 'later')).resolves.toBe('later');
});

it('A cancelled waiter leaves without taking a turn', async () => {
  const inTurn = createTurns(1);
  const begun: string[] = [];
  const first = aPieceOfWork(begun, 'first');
  const firstEnded = inTurn(neverAborted, first.work);
  const unwanted = new AbortController();
  const left = inTurn(unwanted.signal, aPieceOfWork(begun, 'unwanted').work);
  const last = aPieceOfWork(begun, 'last');
  const lastEnded = inTurn(neverAborted, last.work);
  unwanted.abort(new Error('enough'));
  await expect(left).rejects.toThrow('enough');
  first.end();
  await firstEnded;
  expect(begun).toEqual(['first', 'last']);
  last.end();
  expect(await lastEnded).toBe('last');
  await expect(inTurn(AbortSignal.abort(new Error('before')), first.work)).rejects.toThrow('before');
});
