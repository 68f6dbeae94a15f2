import { expect, it } from 'vitest';
import { sayCount } from '../../inspector/model/say-count.ts';

it('The thousands of a large number stand apart', () => {
  expect([0, 999, 1_000, 30_000, 1_234_567].map(sayCount)).toEqual(['0', '999', '1,000', '30,000', '1,234,567']);
});
