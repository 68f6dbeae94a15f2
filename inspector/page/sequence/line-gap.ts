/** Between two lifelines. */
export const lineGapPx = 116;
/** Of the times to the left of them. */
export const timePx = 84;
