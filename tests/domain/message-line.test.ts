import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonRpcMessage } from '../../src/domain/json-rpc.ts';
import { textOfMessage } from '../../src/domain/message-line.ts';

/** What a message that came as this line is passed on as, under another id. */
const passedOn = (text: string, id: string | number) => {
  const message = JSON.parse(text) as JsonRpcMessage & { id: string | number };
  return textOfMessage({ ...message, id } as JsonRpcMessage, { text, id: message.id });
};

describe('A message that is passed on under another id', () => {
  it.each([
    ['{"jsonrpc":"2.0","id":17,"result":{"a":1.0,"id":17}}', '{"jsonrpc":"2.0","id":"x","result":{"a":1.0,"id":17}}'],
    [
      '{"result":{"n":12345678901234567890},"jsonrpc":"2.0","id":17}',
      '{"result":{"n":12345678901234567890},"jsonrpc":"2.0","id":"x"}',
    ],
    ['{"jsonrpc": "2.0", "id": 17, "result": { }}', '{"jsonrpc": "2.0", "id": "x", "result": { }}'],
    [
      '{"id":17,"jsonrpc":"2.0","error":{"code":1,"message":"m"},"extra":[1e2]}',
      '{"id":"x","jsonrpc":"2.0","error":{"code":1,"message":"m"},"extra":[1e2]}',
    ],
    ['{"jsonrpc":"2.0","\\u0069d":17,"result":{"n":1.0}}', '{"jsonrpc":"2.0","\\u0069d":"x","result":{"n":1.0}}'],
    ['{"id":1,"result":{"id":2},"i\\u0064":17}', '{"id":1,"result":{"id":2},"i\\u0064":"x"}'],
  ])('keeps every other byte of %s', (text, expected) => {
    expect(passedOn(text, 'x')).toBe(expected);
  });

  it('keeps every member, wherever the id stands', () => {
    expect(JSON.parse(passedOn('{"jsonrpc":"2.0","extra":{"id":17},"id":17,"result":{"id":17}}', 3))).toEqual({
      jsonrpc: '2.0',
      extra: { id: 17 },
      id: 3,
      result: { id: 17 },
    });
  });

  it('is written anew where its line does not show the id', () => {
    const line = { text: '{"jsonrpc":"2.0","result":{}}', id: 17 };
    expect(textOfMessage({ jsonrpc: '2.0', id: 3, result: {} }, line)).toBe('{"jsonrpc":"2.0","id":3,"result":{}}');
  });

  it('keeps a message that is nested too deeply to be written anew', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    expect(passedOn(`{"jsonrpc":"2.0","id":"a\\"","result":{"id":${deep}}}`, 3)).toBe(
      `{"jsonrpc":"2.0","id":3,"result":{"id":${deep}}}`,
    );
  });

  it('differs in nothing but the id, whatever it holds', () => {
    const ids = fc.oneof(fc.maxSafeInteger(), fc.string());
    const members = fc.shuffledSubarray(['jsonrpc', 'id', 'result', 'more'], { minLength: 4 });
    fc.assert(
      fc.property(ids, ids, fc.jsonValue(), members, (from, to, result, order) => {
        const all: Record<string, unknown> = {
          jsonrpc: '2.0',
          id: from,
          result: { result, id: from },
          more: `,"id":${from}}`,
        };
        const text = JSON.stringify(Object.fromEntries(order.map((name) => [name, all[name]])));
        expect(JSON.parse(passedOn(text, to))).toEqual(JSON.parse(JSON.stringify({ ...all, id: to })));
      }),
      { numRuns: 2_000 },
    );
  });
});
