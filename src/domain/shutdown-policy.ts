/** Why a server shuts down. `done`: it has no clients, and its work is done. `signal` may come again; the others come once. */
export const shutdownTriggers = ['eof', 'stdoutClosed', 'parentDied', 'signal', 'crashed', 'done'] as const;
export type ShutdownTrigger = (typeof shutdownTriggers)[number];

export type ShutdownSignal = 'SIGTERM' | 'SIGINT' | 'SIGHUP';

/** How clients reach a host; `none`: it runs without clients. */
export type TransportKind = 'stdio' | 'http' | 'none';

/** The triggers of each transport that come from outside. `crashed` and `done` come from inside the server. */
export const shutdownTriggersOf: Readonly<Record<TransportKind, readonly ShutdownTrigger[]>> = {
  stdio: ['eof', 'stdoutClosed', 'parentDied', 'signal'],
  http: ['signal'],
  none: ['signal'],
};

/** At the latest this long before the hard deadline, the transport is closed and the server record is retired. */
export const closingReserveMs = 300;

/** What happens to calls and child processes during a shutdown, and when the process ends. */
export interface ShutdownPolicy {
  /** Whether calls that wait only for the backend count as in flight. All other waiting calls are rejected. */
  readonly servesBackendCalls: boolean;
  /** How long calls in flight may run before they are aborted. */
  readonly finishMs: number;
  /** From SIGTERM to SIGKILL for the processes of an aborted call. */
  readonly childGraceMs: number;
  /** From the first trigger to the exit, in any case. */
  readonly hardDeadlineMs: number;
}

/**
 * The policy for each trigger.
 * @param drainMs the setting `shutdown.drain_ms`: how long calls in flight may go on after a signal
 */
export function shutdownPolicyFor(trigger: ShutdownTrigger, drainMs: number): ShutdownPolicy {
  switch (trigger) {
    case 'eof':
      return { servesBackendCalls: true, finishMs: 1_000, childGraceMs: 500, hardDeadlineMs: 1_800 };
    case 'done':
    case 'signal':
      return { servesBackendCalls: false, finishMs: drainMs, childGraceMs: 500, hardDeadlineMs: drainMs + 800 };
    case 'crashed':
    case 'stdoutClosed':
    case 'parentDied':
      return { servesBackendCalls: false, finishMs: 0, childGraceMs: 1_000, hardDeadlineMs: 1_500 };
  }
}
