import { describe, expect, it } from 'vitest';
import { isOwnedBy, ownerMark, ownerVariable } from '../../src/domain/owner-mark.ts';

describe('The mark of a piece of work', () => {
  it('is told by a variable that other programs leave alone', () => {
    expect(ownerVariable).toBe('MAITRED_OWNER');
  });

  it('names the server and the number of its work', () => {
    expect(ownerMark('server-a', 7, undefined)).toBe('server-a.7');
    expect(ownerMark('server-a', 7, '')).toBe('server-a.7');
  });

  it('hands on the marks of those who started the server', () => {
    const inner = ownerMark('server-b', 2, ownerMark('server-a', 7, undefined));
    expect(inner).toBe('server-a.7:server-b.2');
    expect(ownerMark('server-c', 1, inner)).toBe('server-a.7:server-b.2:server-c.1');
  });

  it.each(['server-a', 'server-a.7', 'server-b', 'server-b.2', 'server-c', 'server-c.1'])('is owned by %s', (owner) => {
    expect(isOwnedBy('server-a.7:server-b.2:server-c.1', owner)).toBe(true);
  });

  it.each([
    'server-a.70',
    'server-a.',
    'server',
    'server-a.7:server-b',
    'server-aa',
    'erver-a.7',
    '7',
    '2',
    'server-b.20',
    'server-b.2.0',
    'SERVER-A',
  ])('is not owned by %s', (owner) => {
    expect(isOwnedBy('server-a.7:server-b.2:server-c.1', owner)).toBe(false);
  });

  it('of a work is not that of another with a number that begins the same', () => {
    expect(isOwnedBy('server-a.70', 'server-a.7')).toBe(false);
    expect(isOwnedBy('server-ab.7', 'server-a')).toBe(false);
  });

  it('is owned by nobody where it is empty', () => {
    expect(isOwnedBy('', 'server-a')).toBe(false);
    expect(isOwnedBy(':', 'server-a')).toBe(false);
  });
});
