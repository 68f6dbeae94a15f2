/** Bounds of a duration that a person or a model gives in seconds. */
export const leastSeconds = 0.001;
export const mostSeconds = 24 * 60 * 60;
