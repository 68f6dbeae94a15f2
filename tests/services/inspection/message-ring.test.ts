import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asciiJson } from '../../../src/domain/encode-json.ts';
import { createMessageRing } from '../../../src/services/inspection/message-ring.ts';
import { withoutLaterSecrets } from '../../../src/services/inspection/without-later-secrets.ts';

const textOf = ({ bytes }: { readonly bytes: Buffer }) => bytes.toString('latin1');

describe('The ring of messages', () => {
  it('keeps the newest, whole and in order, within its bounds, and counts what it has dropped', () => {
    const lines = fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 40 }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(
        lines,
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 10, max: 80 }),
        (all, mostMessages, mostBytes) => {
          const ring = createMessageRing(mostMessages, mostBytes);
          const kept: string[] = [];
          for (const line of all) {
            ring.push(line);
            if (line.length < mostBytes) kept.push(line);
            while (kept.length > mostMessages || kept.join('\n').length + 1 > mostBytes) kept.shift();
            if (line.length >= mostBytes) kept.length = 0;
          }
          const whole = textOf(ring.take(ring.first, Number.POSITIVE_INFINITY));
          expect(whole).toBe(kept.map((line) => `${line}\n`).join(''));
          expect(ring.next - ring.first).toBe(kept.length);
          expect(ring.dropped.messages + kept.length).toBe(all.length);
          expect(ring.dropped.bytes + whole.length).toBe(all.join('').length + all.length);
        },
      ),
    );
  });

  it('returns as many as the reader has room for, but at least one', () => {
    const ring = createMessageRing(10, 1_000);
    for (const line of ['one', 'two', 'three']) ring.push(line);
    expect(ring.take(0, 8)).toEqual({ count: 2, bytes: Buffer.from('one\ntwo\n') });
    expect(ring.take(2, 1)).toEqual({ count: 1, bytes: Buffer.from('three\n') });
    expect(ring.take(3, 100).count).toBe(0);
  });

  it('redacts a value that became a secret after its line', () => {
    const secrets = new Set<string>();
    const ring = withoutLaterSecrets(createMessageRing(10, 1_000), secrets);
    const line = JSON.stringify({ text: 'it is hunter2hunter2', number: 1_234_567_890, list: ['hunter2hunter2'] });
    ring.push(line);
    ring.push('{"other":1}');
    expect(textOf(ring.take(0, 1_000))).toBe(`${line}\n{"other":1}\n`);
    secrets.add('hunter2hunter2').add('1234567890');
    expect(textOf(ring.take(0, 1_000)).split('\n')[0]).toBe(
      JSON.stringify({ text: 'it is [redacted]', number: '[redacted]', list: ['[redacted]'] }),
    );
  });

  it.each(['hunter2 häuser', 'hunter2"hunter2\\', 'hunter2\n\u007fhunter2'])(
    'gives none either that stands escaped in the line, or in a definition: %j',
    (secret) => {
      const secrets = new Set<string>();
      const ring = withoutLaterSecrets(createMessageRing(10, 1_000), secrets);
      ring.push(asciiJson({ text: secret, definition: asciiJson({ meta: secret }) }));
      secrets.add(secret);
      expect(textOf(ring.take(0, 1_000))).toBe(
        `${JSON.stringify({ text: '[redacted]', definition: JSON.stringify({ meta: '[redacted]' }) })}\n`,
      );
    },
  );
});
