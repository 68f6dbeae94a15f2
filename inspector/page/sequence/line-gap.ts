/** Between two lifelines. */
export const lineGapPx = 84;
/** Of the times to the left of them. */
export const timePx = 84;
