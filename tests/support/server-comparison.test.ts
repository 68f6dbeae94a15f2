import { describe, expect, it } from 'vitest';
import { expectSame } from './server-comparison.ts';

describe('A comparison of two servers', () => {
  const plain = new Map([
    ['first', [1]],
    ['second', [2]],
  ]);

  it('accepts the same', () => {
    expectSame(plain, new Map(plain));
  });

  it('names the step in which they differ', () => {
    expect(() => expectSame(plain, new Map([...plain, ['second', [2, 3]]]))).toThrow('in the step "second"');
    expect(() => expectSame(plain, new Map([['first', [1]]]))).toThrow('in the step "second"');
  });

  it('sees a step that only one of them has', () => {
    expect(() => expectSame(plain, new Map([...plain, ['third', []]]))).toThrow('third');
  });
});
