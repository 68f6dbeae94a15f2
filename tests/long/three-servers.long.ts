import { test } from 'vitest';
import { expectSettledOnce } from '../support/several-recoveries.ts';

test('three servers that start at once settle each of 20 dead servers and record each of 50 crashed sessions once', () =>
  expectSettledOnce({ servers: 20, sessions: 50 }));
