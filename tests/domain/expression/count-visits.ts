import { vi } from 'vitest';

/** How many characters are looked at, by whatever reads a text piece by piece. */
export function countCharacters(run: () => void): number {
  let count = 0;
  const { charAt, slice, indexOf } = String.prototype;
  const { exec } = RegExp.prototype;
  const spies = [
    vi.spyOn(String.prototype, 'charAt').mockImplementation(function (this: string, at) {
      count += 1;
      return charAt.call(this, at);
    }),
    vi.spyOn(String.prototype, 'slice').mockImplementation(function (this: string, start, end) {
      const part = slice.call(this, start, end);
      count += part.length;
      return part;
    }),
    vi.spyOn(String.prototype, 'indexOf').mockImplementation(function (this: string, text, from = 0) {
      const found = indexOf.call(this, text, from);
      count += (found < 0 ? this.length : found) - from + 1;
      return found;
    }),
    vi.spyOn(RegExp.prototype, 'exec').mockImplementation(function (this: RegExp, text) {
      const match = exec.call(this, text);
      count += 1 + (match?.[0].length ?? 0);
      return match;
    }),
  ];
  try {
    run();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return count;
}

/** The same list, and how often its members have been read. */
export function countReads<Member>(members: readonly Member[]): {
  readonly counted: readonly Member[];
  reads(): number;
} {
  let count = 0;
  const counted = new Proxy(members, {
    get(target, key) {
      count += 1;
      return Reflect.get(target, key);
    },
  });
  return { counted, reads: () => count };
}
