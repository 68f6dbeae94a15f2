import { spawnSync } from 'node:child_process';

/** Put before a command, it gives that mounts of its own and root rights in them. */
export const inOwnMounts = ['unshare', '--map-root-user', '--mount'] as const;

/** Whether this user may create namespaces, and mount in them. */
export const canMount = (): boolean => {
  const [file, ...args] = inOwnMounts;
  return spawnSync(file, [...args, 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;
};
