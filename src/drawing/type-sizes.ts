/** Font sizes and distances in px; measuring and drawing use the same ones. */
export const sizes = {
  chart: 15,
  name: 13,
  text: 11,
  /** From one line to the next. */
  lineHeight: 16,
  /** From one row of a line to the next. */
  rowHeight: 13,
  /** From the left border of a box to its text. */
  padding: 12,
  /** The sign before a line, with the space after it. */
  sign: 14,
  /** The same for a history state. */
  historySign: 22,
} as const;
