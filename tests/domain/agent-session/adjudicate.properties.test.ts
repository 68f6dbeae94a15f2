import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adjudicate } from '../../../src/domain/agent-session/adjudicate.ts';
import { pauseOf } from '../../../src/domain/agent-session/rate-limit.ts';
import type { SessionEnding } from '../../../src/domain/agent-session/session-outcome.ts';
import { skillResultOf } from '../../../src/domain/agent-session/skill-result.ts';
import { someEvidence } from './generated-evidence.ts';

const answerOf = (evidence: Parameters<typeof adjudicate>[0]) =>
  skillResultOf(adjudicate(evidence), { ...evidence, sessionId: evidence.digest.sessionId ?? '', orderId: '' });

const killsAfterCompletion: readonly SessionEnding[] = [
  'completed',
  'idle',
  'stale',
  'timedOut',
  'budget',
  'cancelled',
  'hostDied',
];

describe('Whatever is known of a session', () => {
  it('it has an outcome, and always the same', () => {
    fc.assert(
      fc.property(someEvidence, (evidence) => {
        expect(adjudicate(evidence)).toEqual(adjudicate(structuredClone(evidence)));
      }),
    );
  });

  it('it has not both succeeded and to be tried again', () => {
    fc.assert(
      fc.property(someEvidence, (evidence) => {
        const { success, needs_retry, retry_reason, is_error } = answerOf(evidence);
        expect(success && (needs_retry || is_error)).toBe(false);
        expect(success && retry_reason !== 'none').toBe(false);
        expect(needs_retry && ['none', 'budget_exhausted'].includes(retry_reason)).toBe(false);
      }),
    );
  });

  it('it succeeds only if it has said something', () => {
    fc.assert(
      fc.property(someEvidence, (evidence) => {
        const { result, previousResult, texts } = evidence.digest;
        fc.pre(adjudicate(evidence).kind === 'succeeded');
        expect([result?.text, previousResult?.text, ...texts].join('').trim()).not.toBe('');
      }),
    );
    fc.assert(
      fc.property(someEvidence, (evidence) => {
        const digest = { ...evidence.digest, result: null, texts: [] };
        expect(adjudicate({ ...evidence, digest }).kind).not.toBe('succeeded');
      }),
    );
  });

  it('it succeeds only with the marker that was asked for, unless its log has it', () => {
    fc.assert(
      fc.property(someEvidence, (evidence) => {
        const { marker, channel, digest } = evidence;
        fc.pre(marker !== null && channel !== 'channel_b' && adjudicate(evidence).kind === 'succeeded');
        const said = [digest.result?.text, digest.previousResult?.text, ...digest.texts].join('\n');
        expect(said).toContain(marker);
      }),
    );
  });

  it('a success stays one if the session is killed, cancelled or lost with its server after it', () => {
    const kill = fc.record({
      ending: fc.constantFrom(...killsAfterCompletion),
      exit: fc.constantFrom(null, { code: null, signal: 'SIGKILL' }),
    });
    fc.assert(
      fc.property(someEvidence, kill, (evidence, killed) => {
        fc.pre(adjudicate(evidence).kind === 'succeeded');
        expect(adjudicate({ ...evidence, ...killed, killReason: 'infra_kill' }).kind).toBe('succeeded');
      }),
    );
  });

  it('a success does not pause, and a pause never ends in the past', () => {
    fc.assert(
      fc.property(someEvidence, fc.nat(20), fc.nat(), (evidence, attempt, nowMs) => {
        const pause = pauseOf(evidence, attempt, nowMs);
        if (pause === null) return;
        expect(adjudicate(evidence).kind).not.toBe('succeeded');
        expect(pause.untilMs).toBeGreaterThan(nowMs);
      }),
    );
  });
});

it('The generated sessions come to every kind of outcome', () => {
  const kinds = fc.sample(someEvidence, { numRuns: 1_000, seed: 1 }).map((evidence) => adjudicate(evidence).kind);
  expect(new Set(kinds)).toEqual(new Set(['succeeded', 'retriable', 'failed']));
  expect(kinds.filter((kind) => kind === 'succeeded').length).toBeGreaterThan(50);
});
