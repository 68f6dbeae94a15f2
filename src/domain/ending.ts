/** Why a server leaves. `signal` may come again; the others are said once. */
export type EndReason = 'eof' | 'stdoutClosed' | 'parentDied' | 'signal' | 'crashed';

export type EndSignal = 'SIGTERM' | 'SIGINT' | 'SIGHUP';

export type TransportKind = 'stdio' | 'http';

/** What ends a server belongs to its transport. `crashed` comes from within. */
export const endsOfTransport: Readonly<Record<TransportKind, readonly EndReason[]>> = {
  stdio: ['eof', 'stdoutClosed', 'parentDied', 'signal'],
  http: ['signal'],
};

/** Closing the transport and taking the sentinel down begins this long before the hard deadline at the latest. */
export const closingReserveMs = 300;

/** How a server leaves: what becomes of its calls, and by when it is gone. */
export interface Farewell {
  /**
   * Calls that still wait for a startup task. `serve-kitchen`: those that wait for the kitchen alone count as in flight,
   * the others are refused; `refuse`: all are refused; `abort`: nobody listens, they end without an answer.
   */
  readonly waitingCalls: 'serve-kitchen' | 'refuse' | 'abort';
  /** How long calls in flight may go on before they are aborted. */
  readonly finishMs: number;
  /** From the first reason to the exit, whatever happens. */
  readonly hardDeadlineMs: number;
}

/**
 * The table of ends.
 * @param drainMs the setting `shutdown.drain_ms`: how long calls in flight may go on after a signal
 */
export function farewellFor(reason: EndReason, drainMs: number): Farewell {
  switch (reason) {
    case 'eof':
      return { waitingCalls: 'serve-kitchen', finishMs: 1_000, hardDeadlineMs: 1_800 };
    case 'signal':
      return { waitingCalls: 'refuse', finishMs: drainMs, hardDeadlineMs: drainMs + 800 };
    case 'crashed':
      return { waitingCalls: 'refuse', finishMs: 0, hardDeadlineMs: 1_500 };
    case 'stdoutClosed':
    case 'parentDied':
      return { waitingCalls: 'abort', finishMs: 0, hardDeadlineMs: 1_500 };
  }
}
