/** The number of items of a sorted list before a position, or a time. Searches in logarithmic time. */
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

/** `placeOf` for a list of positions, or of times. */
export const itself = (place: number): number => place;

/** The first of the sorted moments after the given one; null if there is none. */
export const firstAfter = (moments: readonly number[], moment: number): number | null =>
  moments[countBefore(moments, moment + 1, itself)] ?? null;

/** The last of the sorted moments before the given one; null if there is none. */
export const lastBefore = (moments: readonly number[], moment: number): number | null =>
  moments[countBefore(moments, moment, itself) - 1] ?? null;
