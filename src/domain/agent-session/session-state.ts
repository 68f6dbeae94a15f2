import type { SessionEnding } from './session-outcome.ts';
import type { SessionLimits } from './session-spec.ts';

/** The states of a session's chart, as they stand in its record. */
export type SessionState =
  | 'preparing'
  | 'spawning'
  | 'running'
  | 'draining'
  | 'ending'
  | 'adjudicating'
  | 'nudging'
  | 'paused'
  | 'recording'
  | 'settled';

/** What a session waits for in a state, for people. */
export const waitsFor: Readonly<Record<SessionState, string>> = {
  preparing: 'its folder and its record',
  spawning: 'its process to start',
  running: 'its process to exit, its result, or a limit',
  draining: 'the rest of its output and of its log, or its process to exit',
  ending: 'its processes to end',
  adjudicating: 'its outcome to be decided',
  nudging: 'the missing output lines',
  paused: 'the reset of a rate limit',
  recording: 'its files to be written',
  settled: 'nothing',
};

/** What the durations of the states depend on. */
export interface SessionClock {
  readonly limits: SessionLimits;
  readonly ending: SessionEnding | null;
  /** How long its processes have run, without pauses and without the present one. */
  readonly ranMs: number;
  /** Of the present pause. */
  readonly pauseMs: number;
}

/** From SIGTERM to the end of a process that ignores it, and time to scan the processes on a slow machine. */
const endMs = 15_000;

/** How long a session may be in a state, in milliseconds. Its chart and its record have the same figure from here. */
export function stateLimitMs(
  state: Exclude<SessionState, 'settled'>,
  { limits, ending, ranMs, pauseMs }: SessionClock,
): number {
  switch (state) {
    case 'preparing':
    case 'adjudicating':
    case 'recording':
      return 60_000;
    case 'spawning':
      return 15_000;
    case 'running':
      return Math.max(0, limits.wallMs - ranMs);
    case 'draining':
      return ending === 'exited' ? limits.drainMs : limits.exitGraceMs;
    case 'ending':
      return endMs;
    case 'nudging':
      return limits.nudgeMs;
    case 'paused':
      return pauseMs;
  }
}
