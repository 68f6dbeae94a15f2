import { expect, it } from 'vitest';
import { eventText } from '../../src/drawing/event-text.ts';

it.each([
  ['xstate.done.actor.runTask', 'runTask done'],
  ['xstate.error.actor.runTask', 'runTask failed'],
  ['xstate.after.timeLimit.startupTask.running', 'after timeLimit'],
  ['BACKEND_REQUESTED', 'BACKEND_REQUESTED'],
])('The event %s is called as the chart calls it', (type, words) => {
  expect(eventText(type, 'startupTask.running')).toBe(words);
});

it('A delay is left whole where nobody knows which part of it is its name', () => {
  const type = 'xstate.after.timeLimit.startupTask.running';
  expect(eventText(type)).toBe(type);
  expect(eventText(type, 'startupTask.waiting')).toBe(type);
});
