import { expect, it } from 'vitest';
import { formatCount } from '../../inspector/model/format-count.ts';

it('A large number has thousands separators', () => {
  expect([0, 999, 1_000, 30_000, 1_234_567].map(formatCount)).toEqual(['0', '999', '1,000', '30,000', '1,234,567']);
});
