import { spawnSync } from 'node:child_process';

/** Stands before a command that is to have mounts of its own, and to be root there. */
export const inOwnMounts = ['unshare', '--map-root-user', '--mount'] as const;

/** Whether this user may have namespaces, and mount in them. */
export const canMount = (): boolean => {
  const [file, ...args] = inOwnMounts;
  return spawnSync(file, [...args, 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;
};
