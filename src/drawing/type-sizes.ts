/** Sizes of letters and lines, in px: what stands in a box is measured and drawn with the same ones. */
export const sizes = {
  chart: 15,
  name: 13,
  text: 11,
  /** From one line to the next. */
  lineHeight: 16,
  /** From the left border of a box to its text. */
  padding: 12,
  /** The sign before a line, with the space behind it. */
  sign: 14,
  /** The same before a state that remembers. */
  historySign: 19,
} as const;
