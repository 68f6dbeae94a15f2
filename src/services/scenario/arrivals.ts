import type { CapturedArrival } from './scenario-recorder.ts';

const mostRows = 10_000;
const coarseMs = 100;

/** Notes when output arrives. Of a program that writes for long, rows that are close in time become one, so that there are never more than so many. */
export interface Arrivals {
  /** @param bytes of the stream, since its start; what is not more than before is not noted */
  note(arrival: CapturedArrival): void;
  /** In the order of time. */
  rows(): readonly CapturedArrival[];
}

export function createArrivals(most = mostRows): Arrivals {
  let rows: CapturedArrival[] = [];
  /** Of each stream, one row is kept in so many milliseconds: the last one. */
  let roundedToMs = 0;
  const noted = { stdout: 0, stderr: 0 };

  const thin = () => {
    const seen = new Set<string>();
    rows = rows
      .reverse()
      .filter(({ stream, atMs }) => {
        const key = `${stream} ${Math.floor(atMs / roundedToMs)}`;
        return !seen.has(key) && seen.add(key);
      })
      .reverse();
  };
  return {
    note(arrival) {
      if (arrival.bytes <= noted[arrival.stream]) return;
      noted[arrival.stream] = arrival.bytes;
      rows.push(arrival);
      if (rows.length <= most) return;
      // Half of them is free afterwards, so that this is rare.
      do {
        roundedToMs = Math.max(coarseMs, 2 * roundedToMs);
        thin();
      } while (rows.length > most / 2);
    },
    rows: () => rows,
  };
}
