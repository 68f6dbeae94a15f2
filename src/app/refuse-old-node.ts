import { AppError } from '../domain/app-error.ts';

/** `engines` in package.json. */
const oldest = { major: 20, minor: 19 } as const;

/** Older ones lack what the rest of the program uses. @throws AppError `unavailable` */
export function refuseOldNode({
  versions,
  execPath,
}: Pick<NodeJS.Process, 'execPath'> & { readonly versions: { readonly node: string } }): void {
  const [major = 0, minor = 0] = versions.node.split('.').map(Number);
  if (major > oldest.major || (major === oldest.major && minor >= oldest.minor)) return;
  throw new AppError(
    'unavailable',
    `Node ${versions.node} (${execPath}) is too old: install Node ${oldest.major}.${oldest.minor} or newer, and start maitred with it.`,
  );
}
