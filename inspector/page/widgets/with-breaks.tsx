/** Allows a line break before each word of a name. */
export const withBreaks = (name: string) => name.split(/(?=[A-Z.])/).flatMap((word, at) => [<wbr key={at} />, word]);
