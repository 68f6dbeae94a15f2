/** Of a folder: its device and its number there. Another folder at the same path has another identity. */
export const identityOf = ({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string => `${dev}:${ino}`;
