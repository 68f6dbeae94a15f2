/** Between two lifelines. */
export const lineGapPx = 96;
/** Of the times to the left of them. */
export const timePx = 84;
