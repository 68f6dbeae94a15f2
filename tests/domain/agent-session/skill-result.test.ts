import { describe, expect, it } from 'vitest';
import { adjudicate } from '../../../src/domain/agent-session/adjudicate.ts';
import { noTokens } from '../../../src/domain/agent-session/agent-event.ts';
import type { SessionEvidence } from '../../../src/domain/agent-session/session-outcome.ts';
import { skillResultOf } from '../../../src/domain/agent-session/skill-result.ts';
import { aResult, aWrite, init, marker, theEvidence } from './session-evidence.ts';

const answerTo = (evidence: SessionEvidence, orderId = '') =>
  skillResultOf(adjudicate(evidence), { ...evidence, sessionId: 'session-1', orderId });

describe('The answer of run_skill', () => {
  it('has the keys of the wire', () => {
    const usage = { ...noTokens, output_tokens: 4 };
    const result = aResult(`worktree_path = /work/w\n${marker}`, { usage, usageByModel: { 'model-1': usage } });
    expect(
      answerTo(
        theEvidence([init, aWrite('/work/project/a'), aWrite('/etc/b'), result], { stderrTail: 'a hint' }),
        '42',
      ),
    ).toEqual({
      success: true,
      result: 'worktree_path = /work/w',
      session_id: 'session-1',
      subtype: 'success',
      cli_subtype: 'success',
      is_error: false,
      exit_code: 0,
      kill_reason: 'natural_exit',
      needs_retry: false,
      retry_reason: 'none',
      stderr: 'a hint',
      token_usage: { ...usage, model_breakdown: { 'model-1': usage } },
      write_path_warnings: ['/etc/b was written, outside /work/project.'],
      write_call_count: 2,
      worktree_path: '/work/w',
      order_id: '42',
    });
  });

  it('has no worktree, order and usage where there is none, and -1 as an unknown exit code', () => {
    const answer = answerTo(theEvidence([init], { ending: 'stale', exit: { code: null, signal: 'SIGKILL' } }));
    expect(answer).toMatchObject({
      success: false,
      needs_retry: true,
      retry_reason: 'stale',
      exit_code: -1,
      token_usage: null,
    });
    expect(Object.keys(answer)).not.toContain('worktree_path');
    expect(Object.keys(answer)).not.toContain('order_id');
    expect(answerTo(theEvidence([], { ending: 'notStarted', exit: null })).exit_code).toBe(-1);
  });

  it('has the last 5,000 characters of long texts, and says how many are missing', () => {
    const long = `${'a'.repeat(7)}${'b'.repeat(5_000)}`;
    const answer = answerTo(theEvidence([init, aResult(`${long}\n${marker}`)], { stderrTail: long }));
    const end = `...[truncated 7 chars]...\n${'b'.repeat(5_000)}`;
    expect([answer.result, answer.stderr]).toEqual([end, end]);
    expect(answerTo(theEvidence([init], { stderrTail: 'b'.repeat(5_000) })).stderr).toBe('b'.repeat(5_000));
  });

  it('has no half of a character at the cut', () => {
    const { stderr } = answerTo(theEvidence([init], { stderrTail: `\u{1f600}${'b'.repeat(4_999)}` }));
    expect(stderr).toBe(`...[truncated 2 chars]...\n${'b'.repeat(4_999)}`);
  });
});
