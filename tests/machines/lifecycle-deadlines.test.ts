import { describe, expect, it } from 'vitest';
import { initialTransition, transition } from 'xstate';
import { closingReserveMs, shutdownPolicyFor } from '../../src/domain/shutdown-policy.ts';
import { lifecycleMachine } from '../../src/machines/lifecycle.machine.ts';
import { type ModelSnapshot, modelInput } from './lifecycle-model.ts';

const machine = lifecycleMachine.provide({ actions: { wireTransport: () => undefined } });
const atMs = 1_000_000;

/** How long after the last end the server is gone at the latest. */
function deadlineAfter(...ends: readonly { readonly reason: 'eof' | 'signal'; readonly afterMs: number }[]): number {
  let [snapshot] = initialTransition(machine, modelInput) as [ModelSnapshot, unknown];
  for (const { reason, afterMs } of ends)
    [snapshot] = transition(machine, snapshot, { type: 'SHUTDOWN_TRIGGERED', reason, atMs: atMs + afterMs }) as [
      ModelSnapshot,
      unknown,
    ];
  return (snapshot.context.end?.deadlineAtMs ?? 0) - atMs;
}

describe('the hard deadline', () => {
  const drainMs = 1_000;

  it('counts from the first reason', () => {
    const { hardDeadlineMs } = shutdownPolicyFor('eof', drainMs);
    expect(deadlineAfter({ reason: 'eof', afterMs: 0 })).toBe(hardDeadlineMs);
    expect(deadlineAfter({ reason: 'eof', afterMs: 0 }, { reason: 'eof', afterMs: 500 })).toBe(hardDeadlineMs);
  });

  it('is brought nearer by a first signal, never put off', () => {
    expect(deadlineAfter({ reason: 'eof', afterMs: 0 }, { reason: 'signal', afterMs: 500 })).toBe(
      shutdownPolicyFor('eof', drainMs).hardDeadlineMs,
    );
  });

  it('leaves only the time to close after a second signal', () => {
    expect(deadlineAfter({ reason: 'signal', afterMs: 0 }, { reason: 'signal', afterMs: 100 })).toBe(
      100 + closingReserveMs,
    );
  });
});
