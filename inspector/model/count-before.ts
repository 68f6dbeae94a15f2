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
