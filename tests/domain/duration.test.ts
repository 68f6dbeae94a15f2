import { expect, it } from 'vitest';
import { parseDuration } from '../../src/domain/duration.ts';

it.each([
  ['500ms', 500],
  ['1s', 1_000],
  ['1.5s', 1_500],
  ['90s', 90_000],
  ['10m', 600_000],
  ['2h', 7_200_000],
  ['0s', 0],
  ['1.001s', 1_001],
  ['0.4ms', 0],
])('The duration %j is %d ms', (text, durationMs) => {
  expect(parseDuration(text)).toBe(durationMs);
});

it.each([
  '',
  '10',
  '1.5',
  's',
  'ms',
  '1 s',
  ' 1s',
  '1s\n',
  '-1s',
  '+1s',
  '.5s',
  '1.s',
  '1e3s',
  '1S',
  '1d',
  '1s5ms',
  '1toString',
])('%j is not a duration', (text) => {
  expect(parseDuration(text)).toBeNull();
});
