import { describe, expect, it } from 'vitest';
import { sayPast } from '../../inspector/model/say-past.ts';
import type { HelloMessage } from '../../src/domain/inspection.ts';

const at = new Date(2026, 10, 22, 12, 3, 4).getTime();

const hello = (since: 'greeting' | 'watcher', dropped = 0): HelloMessage => ({
  type: 'maitred.hello',
  wireVersion: 1,
  serverId: 'server-a',
  pid: 1,
  version: '1',
  projectDir: '/home/cook/dishes',
  startedAtMs: at,
  state: 'ready',
  phases: [],
  recording: { since, sinceMs: at, messages: 0, dropped: { messages: dropped, bytes: 0 } },
});

describe('which past of a server is known', () => {
  it('is all of it where the server records from its greeting on', () => {
    expect(sayPast({ hello: hello('greeting'), forgotten: 0, lost: 0 })).toBe('Recorded since its greeting.');
  });

  it('begins with the inspector where it attached later, and the time is said', () => {
    expect(sayPast({ hello: hello('watcher'), forgotten: 0, lost: 0 })).toBe(
      'Recording began when this inspector attached at 12:03:04; before that only the phases are known.',
    );
  });

  it('says how many messages neither the server nor the page has kept', () => {
    expect(sayPast({ hello: hello('greeting', 1_000), forgotten: 500, lost: 0 })).toBe(
      'Recorded since its greeting. The oldest 1,500 messages are no longer kept.',
    );
  });

  it('says how many messages are missing in between', () => {
    expect(sayPast({ hello: hello('greeting'), forgotten: 0, lost: 1 })).toBe(
      'Recorded since its greeting. 1 message is missing in between.',
    );
  });

  it('is not spoken of before the server has said anything', () => {
    expect(sayPast({ hello: null, forgotten: 0, lost: 3 })).toBe('');
  });
});
