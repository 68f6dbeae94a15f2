import { expect, it } from 'vitest';
import { durationText } from '../../src/domain/duration-text.ts';

it.each([
  [0, '0 ms'],
  [340.4, '340 ms'],
  [1_000, '1.0 s'],
  [12_345, '12.3 s'],
  [59_999, '59.9 s'],
  [60_000, '1 min 0 s'],
  [185_000, '3 min 5 s'],
  [3_600_000, '1 h 0 min'],
  [7_800_000, '2 h 10 min'],
  [356_400_000, '4 d 3 h'],
])('A duration of %d ms reads %s', (durationMs, text) => {
  expect(durationText(durationMs)).toBe(text);
});
