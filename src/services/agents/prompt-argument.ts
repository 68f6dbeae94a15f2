/** Linux refuses an argument of 128 KiB. */
const longestArgumentBytes = 100_000;

/** Whether a prompt is too long to be passed as an argument: it goes by stdin then. */
export const isTooLongForArgument = (prompt: string): boolean => Buffer.byteLength(prompt) > longestArgumentBytes;
