import { chmodSync, renameSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { basename, dirname } from 'node:path';
import { makeFolderSync } from '../platform/make-folder.ts';
import { openSocketPath } from './socket-path.ts';

export interface ListenForWatchersOptions {
  /** Of the socket. Its folder is made (0700) where it is missing. */
  readonly path: string;
  readonly platform: NodeJS.Platform;
  onWatcher(socket: Socket): void;
  /** Called when no new watcher can connect; connected ones stay. */
  onProblem(problem: Error): void;
}

/**
 * Makes a socket that only our own user may use (0600), and listens. As soon as the socket exists, it accepts connections. Keeps no
 * process alive.
 * @returns a function that removes the socket; connected watchers stay. Twice is safe
 * @throws AppError `unavailable` when the path is too long for this system, and what the system throws
 */
export function listenForWatchers({ path, platform, onWatcher, onProblem }: ListenForWatchersOptions): () => void {
  const temporary = `${dirname(path)}/.${basename(path)}.tmp`;
  makeFolderSync(dirname(path));
  rmSync(temporary, { force: true });
  const named = openSocketPath(temporary, platform);
  const server = createServer(onWatcher)
    .unref()
    .once('close', named.release)
    .on('error', (problem) => {
      named.release();
      onProblem(problem);
    })
    .listen(named.path);
  const close = () => {
    if (server.listening) rmSync(path, { force: true });
    server.close();
  };
  // It exists when `listen` returns, unless an `error` event follows.
  if (!server.listening) return close;
  try {
    chmodSync(temporary, 0o600);
    renameSync(temporary, path);
  } catch (problem) {
    server.close();
    throw problem;
  }
  return close;
}
