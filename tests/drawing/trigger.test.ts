import { describe, expect, it } from 'vitest';
import { eventText, isErrorTrigger, readTrigger } from '../../src/drawing/trigger.ts';

describe('a trigger', () => {
  it.each([
    'CRASHED',
    'DEADLINE_PASSED',
    'DRAIN_LIMIT_PASSED',
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
  ])('is not a failure: %s', (eventType) => {
    expect(isErrorTrigger(readTrigger(eventType, 's'))).toBe(false);
  });
});

describe('the text of an event', () => {
  it.each([
    ['xstate.done.actor.runTask', 'runTask done'],
    ['xstate.error.actor.runTask', 'runTask failed'],
    ['xstate.after.timeLimit.startupTask.running', 'after timeLimit'],
    ['BACKEND_REQUESTED', 'BACKEND_REQUESTED'],
  ])('uses the words of the chart for %s', (type, text) => {
    expect(eventText(type, 'startupTask.running')).toBe(text);
  });

  it('is the whole event type of a delay if the state is unknown or another one', () => {
    const type = 'xstate.after.timeLimit.startupTask.running';
    expect(eventText(type)).toBe(type);
    expect(eventText(type, 'startupTask.waiting')).toBe(type);
  });
});
