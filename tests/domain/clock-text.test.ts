import { expect, it } from 'vitest';
import { clockText, dayText, secondText } from '../../src/domain/clock-text.ts';

it('A time of day is shown to the millisecond, and to the second', () => {
  const at = new Date(2026, 10, 22, 9, 3, 4, 5).getTime();
  expect(clockText(at)).toBe('09:03:04.005');
  expect(secondText(at)).toBe('09:03:04');
});

it('A day is shown with the time to the minute', () => {
  expect(dayText(new Date(2026, 0, 2, 9, 3, 59).getTime())).toBe('2026-01-02 09:03');
});

it('What is no time is said to be none', () => {
  expect(clockText(Number.NaN)).toBe('no time');
});
