/** The device of a folder and its inode. Another folder at the same path has another identity. */
export const identityOf = ({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string => `${dev}:${ino}`;
