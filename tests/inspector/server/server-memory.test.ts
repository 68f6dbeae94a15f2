import { describe, expect, it } from 'vitest';
import { createServerMemory } from '../../../inspector/server/server-memory.ts';

/** A memory of 10 bytes that has this of each server, in this order. */
function aMemoryOf(texts: Readonly<Record<string, string>>) {
  const memory = createServerMemory(10);
  for (const [serverId, text] of Object.entries(texts)) {
    memory.begin(serverId);
    memory.add(serverId, text);
  }
  const textOf = (serverId: string) => [...memory.textsOf(serverId)].join('');
  return { ...memory, textOf };
}

describe('What is remembered of servers', () => {
  it('is all that they sent, while there is room', () => {
    const memory = aMemoryOf({ a: '1234', b: '567' });
    memory.add('a', '890');
    expect([memory.textOf('a'), memory.textOf('b'), memory.textOf('c')]).toEqual(['1234890', '567', '']);
  });

  it('is that of the first one that left no more, once there is too much; that of a running one last', () => {
    const memory = aMemoryOf({ a: '123', b: '456', c: '789' });
    memory.leave('c');
    memory.leave('b');
    memory.add('a', 'xy');
    expect(['a', 'b', 'c'].map(memory.textOf)).toEqual(['123xy', '456', '']);
    memory.add('a', 'zzz');
    expect(['a', 'b', 'c'].map(memory.textOf)).toEqual(['123xyzzz', '', '']);
    memory.add('a', 'zzz');
    expect(memory.has('a')).toBe(false);
    // Its beginning is missing.
    memory.add('a', 'z');
    expect(memory.textOf('a')).toBe('');
  });

  it('is only what came with the newest connection', () => {
    const memory = aMemoryOf({ a: '12345678' });
    memory.begin('a');
    memory.add('a', '5678901234');
    expect(memory.textOf('a')).toBe('5678901234');
  });

  it('makes room when it is forgotten', () => {
    const memory = aMemoryOf({ a: '12345678' });
    memory.leave('a');
    memory.forget('a');
    memory.begin('b');
    memory.add('b', '1234567890');
    expect([memory.has('a'), memory.textOf('b')]).toEqual([false, '1234567890']);
  });
});
