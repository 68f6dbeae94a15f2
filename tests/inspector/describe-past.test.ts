import { describe, expect, it } from 'vitest';
import { describePast } from '../../inspector/model/describe-past.ts';
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

describe('the past of a server', () => {
  it('is known if the server records from the start', () => {
    expect(describePast({ hello: hello('greeting'), forgotten: 0, lost: 0 })).toBe('Recorded from the start.');
  });

  it('is known from the first watcher on if it is recorded from then, with the time', () => {
    expect(describePast({ hello: hello('watcher'), forgotten: 0, lost: 0 })).toBe(
      'Recorded since 12:03:04, when the first watcher attached; before that, only the phases and the calls are known.',
    );
  });

  it('has the number of messages that neither the server nor the page has kept', () => {
    expect(describePast({ hello: hello('greeting', 1_000), forgotten: 500, lost: 0 })).toBe(
      'Recorded from the start. The oldest 1,500 messages are no longer kept.',
    );
  });

  it('has the number of missing messages', () => {
    expect(describePast({ hello: hello('greeting'), forgotten: 0, lost: 1 })).toBe(
      'Recorded from the start. 1 message is missing.',
    );
  });

  it('is not described before the first message', () => {
    expect(describePast({ hello: null, forgotten: 0, lost: 3 })).toBe('');
  });
});
