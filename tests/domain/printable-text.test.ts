import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable } from '../../src/domain/printable-text.ts';

describe('Printable text', () => {
  it('shows what would steer a terminal as escapes', () => {
    expect(printable('a\nb\r\tc\u001b[31m\u009b1m\u2028\u202e\u0000')).toBe(
      'a\\nb\\r\\tc\\u001b[31m\\u009b1m\\u2028\\u202e\\u0000',
    );
  });

  it('leaves the words of every language alone', () => {
    expect(printable('Maître d’hôtel 厨房 🍽️')).toBe('Maître d’hôtel 厨房 🍽️');
  });

  it('means the same when it stands in JSON', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(JSON.parse(printable(JSON.stringify(text)))).toBe(text);
      }),
    );
  });
});
