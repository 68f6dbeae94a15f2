import { closeSync, constants, openSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { AppError } from '../../domain/app-error.ts';
import type { StateFolder } from '../../domain/state-folder.ts';

/** The longest path in a socket's address, without the zero byte at its end. */
const longestPathBytes = { linux: 107, other: 103 } as const;

/** The socket that streams a server's charts. */
export const socketOf = ({ socketsDir }: Pick<StateFolder, 'socketsDir'>, serverId: string): string =>
  `${socketsDir}/${serverId}.sock`;

/** A path that the system accepts for a socket, until it is released. */
export interface SocketPath {
  readonly path: string;
  /** Twice is safe. */
  release(): void;
}

/**
 * Shortens a path that is too long for a socket's address, through an open descriptor of its folder. (Node truncates a long path silently,
 * and would make the socket elsewhere.)
 * @throws AppError `unavailable` on systems without such paths
 */
export function openSocketPath(path: string, platform: NodeJS.Platform): SocketPath {
  const isLinux = platform === 'linux';
  if (Buffer.byteLength(path) <= longestPathBytes[isLinux ? 'linux' : 'other'])
    return { path, release: () => undefined };
  if (!isLinux)
    throw new AppError(
      'unavailable',
      `${path} is too long for a socket (${longestPathBytes.other} bytes): set MAITRED_STATE_DIR to a shorter path`,
      { details: { path } },
    );
  const folder = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
  let isOpen = true;
  return {
    path: `/proc/self/fd/${folder}/${basename(path)}`,
    release() {
      if (isOpen) closeSync(folder);
      isOpen = false;
    },
  };
}
