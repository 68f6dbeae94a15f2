/** A whole number with its thousands apart: `30,000`. Intl takes tens of milliseconds to load for the same. */
export const digitsText = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

/** A number of things: `1 server`, `30,000 servers`. */
export const countText = (count: number, noun: string): string =>
  `${digitsText(count)} ${noun}${count === 1 ? '' : 's'}`;
