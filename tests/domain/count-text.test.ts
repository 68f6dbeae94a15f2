import { expect, it } from 'vitest';
import { countText, digitsText } from '../../src/domain/count-text.ts';

it('The thousands of a number are set apart', () => {
  expect([0, 999, 1_000, 30_000, 1_234_567].map(digitsText)).toEqual(['0', '999', '1,000', '30,000', '1,234,567']);
});

it('A noun is in the plural unless there is exactly one thing', () => {
  expect([0, 1, 2, 30_000].map((count) => countText(count, 'file'))).toEqual([
    '0 files',
    '1 file',
    '2 files',
    '30,000 files',
  ]);
});
