import { expect, it } from 'vitest';
import { RenewedMap } from '../../src/domain/renewed-map.ts';

it('A map that is made anew has the same entries in the same order, whatever came and went', () => {
  const map = new RenewedMap<string | number, number>();
  const model = new Map<string | number, number>();
  for (let at = 0; at < 5_000; at += 1) {
    map.set(at, at);
    model.set(at, at);
    // One in a hundred stays.
    const gone = at - 10;
    if (gone % 100 === 0) continue;
    map.delete(gone);
    model.delete(gone);
  }
  map.delete('never there');
  expect([...map.values()]).toEqual([...model.values()]);
  expect(map.size).toBe(model.size);
  expect([map.get(4_900), map.get('4900'), map.get(4_901)]).toEqual([4_900, undefined, undefined]);
  map.clear();
  expect([map.size, ...map.values()]).toEqual([0]);
});
