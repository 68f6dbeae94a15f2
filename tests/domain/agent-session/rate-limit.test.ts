import { describe, expect, it } from 'vitest';
import type { AgentEvent, RateLimit } from '../../../src/domain/agent-session/agent-event.ts';
import { pauseOf } from '../../../src/domain/agent-session/rate-limit.ts';
import { aResult, init, marker, theEvidence } from './session-evidence.ts';

const nowMs = 1_000_000;
const aLimit = (changes: Partial<RateLimit> = {}): AgentEvent => ({
  type: 'rateLimit',
  limit: { status: 'rejected', window: 'five_hour', resetsAtMs: nowMs + 60_000, utilization: 100, ...changes },
});
const aRetry = (status: number | null): AgentEvent => ({ type: 'apiRetry', attempt: 1, status, delayMs: 1_000 });
const anError = aResult('Limit reached', { isError: true });
const failedWith = (...events: AgentEvent[]) => theEvidence([init, ...events], { exit: { code: 1, signal: null } });

describe('A session pauses', () => {
  it('until a little after the reset that the API named', () => {
    expect(pauseOf(failedWith(aLimit(), anError), 3, nowMs)).toEqual({ untilMs: nowMs + 65_000 });
  });

  it('twice as long each time where no reset is named, from 30 s to 10 min', () => {
    const evidence = failedWith(aLimit({ resetsAtMs: null }), anError);
    const pauses = [0, 1, 2, 3, 4, 5, 6, 2_000].map(
      (attempt) => (pauseOf(evidence, attempt, nowMs)?.untilMs ?? 0) - nowMs,
    );
    expect(pauses).toEqual([30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000, 600_000]);
  });

  it('for a while where the named reset has passed', () => {
    expect(pauseOf(failedWith(aLimit({ resetsAtMs: nowMs - 1 }), anError), 0, nowMs)).toEqual({
      untilMs: nowMs + 30_000,
    });
  });

  it.each([
    ['too many requests', [aRetry(429), anError]],
    ['an overloaded API', [aRetry(529), anError]],
    [
      'an overloaded API that only the text names',
      [aResult('API Error: Repeated 529 Overloaded errors', { isError: true })],
    ],
    ['too many requests that only an error names', [aResult('', { isError: true, errors: ['API Error: 429 {}'] })]],
    ['an end without a result', [aRetry(529)]],
  ])('after %s', (_, events) => {
    expect(pauseOf(failedWith(...events), 0, nowMs)).toEqual({ untilMs: nowMs + 30_000 });
  });
});

describe('A session does not pause', () => {
  it.each([
    ['after another error', failedWith(aRetry(500), anError)],
    ['after a warning', failedWith(aLimit({ status: 'warning' }), anError)],
    [
      'after a refusal that was followed by an answer',
      failedWith(
        aRetry(529),
        {
          type: 'usage',
          messageId: 'm',
          model: 'x',
          usage: { input_tokens: 1, output_tokens: 1, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 },
        },
        anError,
      ),
    ],
    ['after a success', theEvidence([init, aLimit(), aResult(`Done.\n${marker}`)])],
    [
      'after a success that only its log shows',
      theEvidence([init, { type: 'text', text: 'Done.' }, aLimit()], { channel: 'channel_b' }),
    ],
    ['after its last turn', failedWith(aLimit(), aResult('', { subtype: 'error_max_turns', isError: true }))],
    ['with a full context', failedWith(aLimit(), aResult('Prompt is too long', { isError: true }))],
    ['without an id', theEvidence([aLimit(), anError])],
    ['when it is cancelled', { ...failedWith(aLimit(), anError), ending: 'cancelled' as const }],
    ['at its deadline', { ...failedWith(aLimit(), anError), ending: 'timedOut' as const }],
    ['for a limit of the process before', failedWith(aLimit(), anError, init, aResult('It broke.', { isError: true }))],
  ])('%s', (_, evidence) => {
    expect(pauseOf(evidence, 0, nowMs)).toBeNull();
  });
});
