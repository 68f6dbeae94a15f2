/** Things that may be a million: how many, and the first hundred. */
export interface Bounded<Thing> {
  readonly count: number;
  readonly first: readonly Thing[];
}

const listedAtMost = 100;

export function createBounded<Thing>(): Bounded<Thing> & { add(thing: Thing): void } {
  const first: Thing[] = [];
  let count = 0;
  return {
    first,
    get count() {
      return count;
    },
    add(thing) {
      count += 1;
      if (first.length < listedAtMost) first.push(thing);
    },
  };
}
