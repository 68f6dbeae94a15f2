import { describe, expect, it } from 'vitest';
import { killReasonOf, stopReasonOf } from '../../../src/domain/agent-session/end-reasons.ts';

describe('Why the process of a session ended', () => {
  it.each([
    ['it never ran', { hasRun: false, wasKilled: true }, 'notStarted', 'not_applicable'],
    ['it exited by itself', { hasRun: true, wasKilled: false }, 'completed', 'natural_exit'],
    ['it was ended after its completion', { hasRun: true, wasKilled: true }, 'completed', 'kill_after_completion'],
    ['it was ended before', { hasRun: true, wasKilled: true }, 'timedOut', 'infra_kill'],
  ] as const)('%s', (_, process, ending, reason) => {
    expect(killReasonOf(process, ending)).toBe(reason);
  });
});

describe('The limit that ended a session', () => {
  it.each([
    [{ ending: 'budget', spent: 'server_usd' }, 'budget_server_usd'],
    [{ ending: 'timedOut', spent: null }, 'timeout'],
    [{ ending: 'stale', spent: null }, 'stale'],
    [{ ending: 'lostTools', spent: null }, 'lost_tools'],
    [{ ending: 'notStarted', spent: null }, 'not_started'],
    [{ ending: 'completed', spent: null }, null],
    [{ ending: 'exited', spent: null }, null],
  ] as const)('of %j is %s', (ended, reason) => {
    expect(stopReasonOf(ended)).toBe(reason);
  });
});
