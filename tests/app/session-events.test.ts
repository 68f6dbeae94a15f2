import { expect, it } from 'vitest';
import { createSessionEvents } from '../../src/app/session-events.ts';

const numbersOf = (events: ReturnType<typeof createSessionEvents>) => [...events].map(({ number }) => number);

it('The newest 500 events of a session are kept', () => {
  const events = createSessionEvents();
  for (let count = 0; count < 502; count += 1) events.add({ type: 'text', text: 'a' });
  expect(numbersOf(events).slice(0, 1).concat(numbersOf(events).length)).toEqual([2, 500]);
});

it('Fewer are kept where they are long; the newest is kept whatever its length', () => {
  const events = createSessionEvents();
  for (let count = 0; count < 10; count += 1) events.add({ type: 'text', text: 'a'.repeat(200_000) });
  expect(numbersOf(events)).toEqual([8, 9]);
  events.add({ type: 'text', text: 'a'.repeat(2_000_000) });
  expect(numbersOf(events)).toEqual([10]);
});

it('Events that tell a person nothing get no number', () => {
  const events = createSessionEvents();
  events.add({ type: 'other', kind: 'hook' });
  events.add({ type: 'sessionId', sessionId: 's' });
  events.add({ type: 'text', text: 'a' });
  expect([...events].map(({ number, event }) => [number, event.type])).toEqual([[0, 'text']]);
});
