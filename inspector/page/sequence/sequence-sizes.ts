/** Between two lifelines, at least. */
export const leastGapPx = 48;
/** Of the times to the left of them. */
export const timePx = 84;
/** Of an arrow with its words. */
export const rowPx = 30;
/** Of the names above the lifelines, and of the words about earlier events; the style sheet has the same. */
export const namesPx = 44;
export const earlierPx = 24;
