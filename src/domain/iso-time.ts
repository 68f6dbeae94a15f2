/** A `Date` has no later time. */
const latestMs = 8.64e15;

/** Of any time: one that is too late for a date is the latest one. */
export const isoOf = (ms: number): string => new Date(Math.min(ms, latestMs)).toISOString();
