/** Why a server shuts down. `signal` may come again; the others come once. */
export const shutdownTriggers = ['eof', 'stdoutClosed', 'parentDied', 'signal', 'crashed'] as const;
export type ShutdownTrigger = (typeof shutdownTriggers)[number];

export type ShutdownSignal = 'SIGTERM' | 'SIGINT' | 'SIGHUP';

/** How clients reach a host; `none`: it runs without clients. */
export type TransportKind = 'stdio' | 'http' | 'none';

/** The triggers that each transport has. `crashed` comes from within and belongs to all of them. */
export const shutdownTriggersOf: Readonly<Record<TransportKind, readonly ShutdownTrigger[]>> = {
  stdio: ['eof', 'stdoutClosed', 'parentDied', 'signal'],
  http: ['signal'],
  none: ['signal'],
};

/** Closing the transport and retiring the server record starts this long before the hard deadline, at the latest. */
export const closingReserveMs = 300;

/** What happens to calls and child processes during a shutdown, and by when the process is gone. */
export interface ShutdownPolicy {
  /** Calls that wait only for the backend count as in flight; all other waiting calls are refused. */
  readonly servesBackendCalls: boolean;
  /** How long calls in flight may go on before they are aborted. */
  readonly finishMs: number;
  /** From SIGTERM to SIGKILL for the processes of an aborted call. */
  readonly childGraceMs: number;
  /** From the first trigger to the exit, whatever happens. */
  readonly hardDeadlineMs: number;
}

/**
 * The table of shutdowns.
 * @param drainMs the setting `shutdown.drain_ms`: how long calls in flight may go on after a signal
 */
export function shutdownPolicyFor(trigger: ShutdownTrigger, drainMs: number): ShutdownPolicy {
  switch (trigger) {
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
