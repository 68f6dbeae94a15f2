/** Editors on Windows put it before the first character of a file. */
export const byteOrderMark = '\uFEFF';

/** The text without a byte order mark at its start. */
export const withoutByteOrderMark = (text: string): string => (text[0] === byteOrderMark ? text.slice(1) : text);
