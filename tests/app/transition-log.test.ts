import { expect, it } from 'vitest';
import { createTransitionLog } from '../../src/app/transition-log.ts';

it('A crash file has the last 200 transitions of the charts', () => {
  const log = createTransitionLog();
  for (let number = 0; number < 203; number += 1) log.note('chart', number);
  expect(log.entries.map(({ state }) => state)).toEqual(Array.from({ length: 200 }, (_, at) => at + 3));
});
