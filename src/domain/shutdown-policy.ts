/** Why a server leaves. `signal` may come again; the others are said once. */
export type ShutdownTrigger = 'eof' | 'stdoutClosed' | 'parentDied' | 'signal' | 'crashed';

export type ShutdownSignal = 'SIGTERM' | 'SIGINT' | 'SIGHUP';

export type TransportKind = 'stdio' | 'http';

/** What ends a server belongs to its transport. `crashed` comes from within. */
export const shutdownTriggersOf: Readonly<Record<TransportKind, readonly ShutdownTrigger[]>> = {
  stdio: ['eof', 'stdoutClosed', 'parentDied', 'signal'],
  http: ['signal'],
};

/** Closing the transport and taking the heartbeat down begins this long before the hard deadline at the latest. */
export const closingReserveMs = 300;

/** How a server leaves: what becomes of its calls, and by when it is gone. */
export interface ShutdownPolicy {
  /** Calls that wait for the kitchen alone count as in flight; all others that wait are refused. */
  readonly servesBackendCalls: boolean;
  /** How long calls in flight may go on before they are aborted. */
  readonly finishMs: number;
  /** How long the processes of a call that is aborted have, from SIGTERM to SIGKILL. */
  readonly childGraceMs: number;
  /** From the first reason to the exit, whatever happens. */
  readonly hardDeadlineMs: number;
}

/**
 * The table of ends.
 * @param drainMs the setting `shutdown.drain_ms`: how long calls in flight may go on after a signal
 */
export function shutdownPolicyFor(reason: ShutdownTrigger, drainMs: number): ShutdownPolicy {
  switch (reason) {
    case 'eof':
      return { servesBackendCalls: true, finishMs: 1_000, childGraceMs: 500, hardDeadlineMs: 1_800 };
    case 'signal':
      return { servesBackendCalls: false, finishMs: drainMs, childGraceMs: 500, hardDeadlineMs: drainMs + 800 };
    case 'crashed':
    case 'stdoutClosed':
    case 'parentDied':
      return { servesBackendCalls: false, finishMs: 0, childGraceMs: 1_000, hardDeadlineMs: 1_500 };
  }
}
