import type { Fault } from './app-error.ts';

/** Of a failing command the last ones count … */
const failureWindowMs = 600_000;
/** … and after so many in that time it is given up. */
export const mostFailures = 5;
/** A call starts a command that was given up again, if so much time has passed. */
export const retryGivenUpAfterMs = 10_000;

const firstBackOffMs = 250;
const longestBackOffMs = 30_000;

/** How long a command rests after its failures of late. */
export const backOffMs = (failures: number): number => Math.min(firstBackOffMs * 2 ** (failures - 1), longestBackOffMs);

/** The failures, in milliseconds since the epoch, that still count when another one comes. */
export const withFailure = (failures: readonly number[], atMs: number): readonly number[] => [
  ...failures.filter((failedAtMs) => atMs - failedAtMs < failureWindowMs),
  atMs,
];

/** How a command ended, or why it could not be started. */
export interface CommandEnd {
  readonly atMs: number;
  readonly fault: Fault;
  /** Starting it again would fail in the same way. */
  readonly isHopeless: boolean;
}
