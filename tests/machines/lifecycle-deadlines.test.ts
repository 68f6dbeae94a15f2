import { describe, expect, it } from 'vitest';
import { initialTransition, transition } from 'xstate';
import { closingReserveMs, shutdownPolicyFor } from '../../src/domain/shutdown-policy.ts';
import { lifecycleMachine } from '../../src/machines/lifecycle.machine.ts';
import { type ModelSnapshot, modelInput } from './lifecycle-model.ts';

const machine = lifecycleMachine.provide({ actions: { wireTransport: () => undefined } });
const atMs = 1_000_000;

/** From the first trigger to the deadline. */
function deadlineAfter(
  ...triggers: readonly { readonly trigger: 'eof' | 'signal'; readonly afterMs: number }[]
): number {
  let [snapshot] = initialTransition(machine, modelInput) as [ModelSnapshot, unknown];
  for (const { trigger, afterMs } of triggers)
    [snapshot] = transition(machine, snapshot, { type: 'SHUTDOWN_TRIGGERED', trigger, atMs: atMs + afterMs }) as [
      ModelSnapshot,
      unknown,
    ];
  return (snapshot.context.shutdown?.deadlineAtMs ?? 0) - atMs;
}

describe('the hard deadline', () => {
  const drainMs = 1_000;

  it('counts from the first trigger', () => {
    const { hardDeadlineMs } = shutdownPolicyFor('eof', drainMs);
    expect(deadlineAfter({ trigger: 'eof', afterMs: 0 })).toBe(hardDeadlineMs);
    expect(deadlineAfter({ trigger: 'eof', afterMs: 0 }, { trigger: 'eof', afterMs: 500 })).toBe(hardDeadlineMs);
  });

  it('is brought nearer by a first signal, never put off', () => {
    expect(deadlineAfter({ trigger: 'eof', afterMs: 0 }, { trigger: 'signal', afterMs: 500 })).toBe(
      shutdownPolicyFor('eof', drainMs).hardDeadlineMs,
    );
  });

  it('leaves only the time to close after a second signal', () => {
    expect(deadlineAfter({ trigger: 'signal', afterMs: 0 }, { trigger: 'signal', afterMs: 100 })).toBe(
      100 + closingReserveMs,
    );
  });
});
