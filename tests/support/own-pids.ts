import { spawnSync } from 'node:child_process';

/** Put before a command, it gives that a pid namespace and a `/proc` of its own, as a container has. The command is pid 1 in it. */
export const inOwnPids = ['unshare', '--map-root-user', '--pid', '--fork', '--kill-child', '--mount-proc'] as const;

/** Whether this user may create namespaces. */
export const canRunInOwnPids = (): boolean => {
  const [file, ...args] = inOwnPids;
  return spawnSync(file, [...args, 'true']).status === 0;
};
