/** Between two lifelines. */
export const lineGapPx = 116;
