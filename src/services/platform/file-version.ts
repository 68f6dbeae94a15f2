import { lstat } from 'node:fs/promises';

/** Another text whenever the file has changed; an empty one where it cannot be looked at. */
export const fileVersionOf = (path: string): Promise<string> =>
  lstat(path, { bigint: true }).then(
    ({ dev, ino, size, mtimeNs }) => [dev, ino, size, mtimeNs].join('.'),
    () => '',
  );
