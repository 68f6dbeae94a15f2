import { describe, expect, it } from 'vitest';
import { watchRenewed } from '../../../inspector/server/watch-renewed.ts';

/** Watches a server whose connections send these pieces, one list a connection, and fail or end after them. */
async function watchAll(...connections: readonly (readonly string[] | Error)[]) {
  let opened = 0;
  let open = 0;
  let mostOpen = 0;
  const pieces: string[] = [];
  async function* connection() {
    const sent = connections[opened] ?? [];
    opened += 1;
    open += 1;
    mostOpen = Math.max(mostOpen, open);
    try {
      if (sent instanceof Error) throw sent;
      yield* sent;
    } finally {
      open -= 1;
    }
  }
  for await (const { text, isFirst } of watchRenewed(connection, 10)) pieces.push(`${isFirst ? '|' : ''}${text}`);
  return { received: pieces.join(' '), open, mostOpen };
}

describe('A server that has sent much', () => {
  it('is watched over a new connection, which replaces the old one and begins with all that the server has kept', async () => {
    const { received, open, mostOpen } = await watchAll(
      ['12345', '67890', 'not read'],
      ['678', '90', 'abc', 'defg', 'not read'],
      ['fg', 'h'],
    );
    expect(received).toBe('|12345 67890 |678 90 abc defg |fg h');
    // So that a server that records only while it is watched never stops.
    expect([open, mostOpen]).toEqual([0, 2]);
  });

  it.each([
    ['refuses the second connection', new Error('refused')],
    ['has as many watchers as it serves', []],
  ])('is watched on if it %s', async (_, second) => {
    const { received, open } = await watchAll(['1234567890', 'a', 'b'], second);
    expect([received, open]).toEqual(['|1234567890 a b', 0]);
  });

  it('is watched once as long as it has not', async () => {
    expect(await watchAll(['12345', '6789'], ['never'])).toMatchObject({ received: '|12345 6789', mostOpen: 1 });
  });
});
