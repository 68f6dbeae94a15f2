import { describe, expect, it } from 'vitest';
import { isErrorTrigger, readTrigger } from '../../src/drawing/trigger.ts';

describe('a trigger', () => {
  it.each([
    'CRASHED',
    'DEADLINE_PASSED',
    'TIMED_OUT',
    'timeout',
    'upload.failed',
    'xstate.error.actor.drain',
    'xstate.after.drainLimit.s',
    'xstate.after.timeout.s',
  ])('is a failure: %s', (eventType) => {
    expect(isErrorTrigger(readTrigger(eventType, 's'))).toBe(true);
  });

  it.each([
    'SHUTDOWN_TRIGGERED',
    'SET_DEFAULT',
    'LIMITS_READ',
    '*',
    '',
    'xstate.done.actor.failSafe',
    'xstate.after.1000.s',
    'xstate.after.pause.s',
  ])('is none: %s', (eventType) => {
    expect(isErrorTrigger(readTrigger(eventType, 's'))).toBe(false);
  });
});
