/** How many things of an ordered list stand before a position, or a time. */
export function countBefore<Thing>(things: readonly Thing[], limit: number, placeOf: (thing: Thing) => number): number {
  let [low, high] = [0, things.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const thing = things[middle];
    if (thing !== undefined && placeOf(thing) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of a list of positions, or of times. */
export const itself = (place: number): number => place;

/** The first of ordered moments after one; null where there is none. */
export const firstAfter = (moments: readonly number[], moment: number): number | null =>
  moments[countBefore(moments, moment + 1, itself)] ?? null;

/** The last of ordered moments before one; null where there is none. */
export const lastBefore = (moments: readonly number[], moment: number): number | null =>
  moments[countBefore(moments, moment, itself) - 1] ?? null;
